// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration are written like this
import { describe, expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';

function configOf(text: string, env: Readonly<Record<string, string>> = {}): Config {
  return parseConfig({ text, file: 'a.yaml', env }).config;
}

describe('a configuration', () => {
  test.each([
    ['an empty file', ''],
    ['a file of comments', '# nothing\n'],
    ['sections without options', 'llm:\n  models:\n  routing:\n    rules:\nweb:\n'],
    ['a null', '~\n'],
  ])('that is %s is all defaults', (_, text) => {
    expect(configOf(text)).toEqual(configSchema.parse({}));
  });

  test('may repeat a part by its anchor', () => {
    const { models } = configOf(
      'llm:\n  models:\n    a: {name: "a:1", options: &small {num_ctx: 4096}}\n    b: {name: "b:1", options: *small}\n',
    ).llm;
    expect(models).toMatchObject({ a: { options: { num_ctx: 4096 } }, b: { options: { num_ctx: 4096 } } });
  });

  test.each([
    'http://gpu:11434',
    'http://gpu:11434/',
    'http://gpu:11434/v1',
    'http://gpu:11434/v1/',
    'http://gpu:11434/api',
  ])('takes %s as the address of the server', (url) => {
    expect(configOf(`llm:\n  base_url: ${url}\n`).llm.base_url).toBe('http://gpu:11434');
  });

  test('keeps the path under which a proxy serves Ollama', () => {
    expect(configOf('llm:\n  base_url: https://home/ollama/v1\n').llm.base_url).toBe('https://home/ollama');
  });

  test.each(['30m', '1h30m', '"0"', '0', '-1', '"-1s"', '1.5'])('takes %s as keep_alive', (value) => {
    expect(() => configOf(`llm:\n  cache:\n    keep_alive: ${value}\n`)).not.toThrow();
  });

  test.each(['127.0.0.1', '127.8.9.1', '::1', '"[::1]"', 'localhost'])(
    'lets %s serve without a key',
    (host) => {
      expect(() => configOf(`web:\n  host: "${host.replaceAll('"', '')}"\n`)).not.toThrow();
    },
  );

  test.each(['0.0.0.0', '::', '127.0.0.1.example.org', '192.168.1.2', 'inn.local'])(
    'lets %s serve only with a key',
    (host) => {
      expect(() => configOf(`web:\n  host: "${host}"\n`)).toThrow(/without a key/);
      expect(() => configOf(`web:\n  host: "${host}"\n  key: k\n`)).not.toThrow();
      expect(() => configOf(`web:\n  host: "${host}"\n  enabled: false\n`)).not.toThrow();
    },
  );

  test('may name models by short name, by tag, or by a tag that a short name has', () => {
    const rules = ['code', 'mermaid-mistral', 'qwen2.5:7b'].map(
      (name) => `      - {pattern: x, model: "${name}"}`,
    );
    const models = '  models:\n    code: deepseek-coder-v2:16b\n    art: {name: mermaid-mistral}\n';
    expect(() => configOf(`llm:\n${models}  routing:\n    rules:\n${rules.join('\n')}\n`)).not.toThrow();
  });

  test('warns of what YAML passes over', () => {
    const { warnings } = parseConfig({ text: 'data_dir: !secret a\n', file: 'a.yaml', env: {} });
    expect(warnings).toEqual([
      {
        file: 'a.yaml',
        line: 1,
        column: 11,
        where: '',
        message: 'a tag such as !name means nothing here and is passed over',
      },
    ]);
  });

  test('that is not there is told so', async () => {
    await expect(loadConfig({ path: 'config/none.yaml', env: {} })).rejects.toThrow(
      'config/none.yaml: no such file. Name another one with --config or OSTLER_CONFIG.',
    );
  });

  test('that is a folder cannot be read', async () => {
    await expect(loadConfig({ path: 'config', env: {} })).rejects.toThrow(
      'config: cannot be read (EISDIR). It must be a file that this user may read.',
    );
  });
});

describe('a variable', () => {
  test.each([
    ['is put in', '${NAME}', 'a-b'],
    ['is put in among text, more than once', '${NAME}/${NAME:-}', 'a-b/a-b'],
    ['has a default when it is not set', '${NONE:-x:-y}', 'x:-y'],
    ['has a default when it is empty', '${EMPTY:-x}', 'x'],
    ['is left as it is where that is asked for', '$${NAME}', '${NAME}'],
    ['is not put in twice', '${LOOP}', '${NAME}'],
    ['is no part of a word that only looks like it', '$NAME {NAME}', '$NAME {NAME}'],
  ])('%s', (_, written, expected) => {
    const env = { NAME: 'a-b', EMPTY: '', LOOP: '${NAME}' };
    expect(configOf(`data_dir: ${written}\n`, env).data_dir).toBe(expected);
    expect(configOf(`data_dir: "${written}"\n`, env).data_dir).toBe(expected);
  });

  test('may be empty where that is said', () => {
    expect(configOf('web:\n  key: ${NONE:-}\n').web.key).toBe('');
  });

  test('stands for a number, true or false, or null where the schema wants one', () => {
    const text = `llm:
  max_retries: \${RETRIES}
  cache: {}
  routing:
    default: \${MODEL:-}
web:
  enabled: \${WEB:-false}
  port: \${PORT:-8081}
`;
    const { llm, web } = configOf(text, { RETRIES: '0' });
    expect([llm.max_retries, llm.routing.default, web.enabled, web.port]).toEqual([0, null, false, 8081]);
  });

  test('stays text where the schema wants text', () => {
    expect(configOf('web:\n  key: ${KEY}\ndata_dir: ${DIR}\n', { KEY: '12345', DIR: 'true' })).toMatchObject({
      web: { key: '12345' },
      data_dir: 'true',
    });
  });

  test('brings no YAML into the file', () => {
    const { data_dir } = configOf('data_dir: ${DIR}\n', { DIR: 'a\nweb: {port: 1}' });
    expect(data_dir).toBe('a\nweb: {port: 1}');
  });
});
