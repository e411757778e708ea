import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { describeConfig } from '../../src/config/describe.ts';
import { parseConfig } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { maskSecrets } from '../../src/config/secrets.ts';

test('the configuration in force is YAML that can be read again', () => {
  const config = configSchema.parse({ web: { port: 1 } });
  expect(parse(describeConfig(config))).toEqual(config);
});

test('secrets are masked', () => {
  const text = `
llm:
  base_url: http://me:hunter2@gpu:11434/v1
web:
  key: hunter2
redis:
  url: redis://:hunter2@cache:6379/0?password=hunter2
`;
  const shown = describeConfig(parseConfig({ text, file: 'a.yaml', env: {} }).config);
  expect(shown).not.toContain('hunter2');
  expect(parse(shown)).toMatchObject({
    llm: { base_url: 'http://********@gpu:11434' },
    web: { key: '********' },
    redis: { url: 'redis://********@cache:6379/0?password=********' },
  });
});

test('whatever is called a token, key, secret or password is masked, and nothing else', () => {
  const secrets = { token: 'a', api_key: 'b', clientSecret: 'c', password: 'd', keys: ['e', 'f'], key: '' };
  expect(maskSecrets({ deep: [secrets], max_tokens: 5, monkey: 'banjo' })).toEqual({
    deep: [
      {
        token: '********',
        api_key: '********',
        clientSecret: '********',
        password: '********',
        keys: ['********', '********'],
        key: '',
      },
    ],
    max_tokens: 5,
    monkey: 'banjo',
  });
});
