// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration are written like this
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { z } from 'zod';
import { editorSchema } from '../../src/config/editor-schema.ts';
import { samplingOptions } from '../../src/config/llm-schema.ts';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { configShape, type Shape } from '../../src/config/shape.ts';

const FILE = 'config/ostler.yaml';
const text = readFileSync(FILE, 'utf8');
const [above = '', example = ''] = text.split(/^# ── Example.*$/m);
const uncommented = example.replaceAll(/^# ?/gm, '').replace(/^.*?(?=^llm:)/ms, '');

/** Where the shipped file says something else than the default. */
const OTHERWISE: Readonly<Record<string, unknown>> = {
  'llm.base_url': '${OLLAMA_URL:-http://127.0.0.1:11434}',
  'llm.options.temperature': 0.3,
  'web.host': '${OSTLER_WEB_HOST:-127.0.0.1}',
  'web.key': '${OSTLER_WEB_KEY:-}',
  'telegram.token': '${TELEGRAM_TOKEN:-}',
  'telegram.webhook.secret': '${TELEGRAM_WEBHOOK_SECRET:-}',
  'discord.token': '${DISCORD_TOKEN:-}',
  'redis.url': '${REDIS_URL:-}',
};

type Option = { readonly place: string; readonly shape: Shape };

/** Every option that holds a value; of a union the alternative with keys of its own, if there is one. */
function optionsOf(shape: Shape, place = ''): readonly Option[] {
  const inner = [shape, ...(shape.anyOf ?? [])];
  const named = inner.flatMap(({ properties = {} }) => Object.entries(properties));
  const others = inner.flatMap(({ additionalProperties: any, items }) => [
    ...(typeof any === 'object' && any.anyOf ? [any] : []),
    ...(items?.properties ? [items] : []),
  ]);
  const below = [
    ...named
      .filter(([name]) => name !== '$schema')
      .flatMap(([name, option]) => optionsOf(option, place === '' ? name : `${place}.${name}`)),
    ...others.flatMap((other) => optionsOf(other, `${place}.*`)),
  ];
  return named.length > 0 ? below : [{ place, shape }, ...below];
}

function at(value: unknown, place: string): readonly unknown[] {
  return place.split('.').reduce<readonly unknown[]>(
    (found, name) =>
      found.flatMap((one) => {
        if (typeof one !== 'object' || one === null) return [];
        if (name === '*') return Object.values(one);
        return Object.hasOwn(one, name) ? [(one as Record<string, unknown>)[name]] : [];
      }),
    [value],
  );
}

const options = optionsOf(configShape());
const defaults = configSchema.parse({});
const [withDefault, without] = [true, false].map((has) =>
  options.filter(({ place }) => at(defaults, place).length > 0 === has).map(({ place }) => place),
) as [string[], string[]];

describe('config/ostler.yaml', () => {
  test.each(withDefault)('shows %s with its default', (place) => {
    const expected = OTHERWISE[place] ?? at(defaults, place)[0];
    expect(at(parse(above), place)).toEqual([expected]);
  });

  test.each(without)('shows %s, which has no default, in its example', (place) => {
    const name = place.split('.').at(-1) ?? '';
    // Sampling is shown once, though models and rules take it too.
    const shown = name in samplingOptions.shape ? `llm.options.${name}` : place;
    expect(at(parse(uncommented), shown)).not.toEqual([]);
  });

  test('has an example that works', () => {
    expect(() => parseConfig({ text: uncommented, file: FILE, env: {} })).not.toThrow();
  });

  test('says something else than the defaults only where it is named', () => {
    const { config } = parseConfig({ text, file: FILE, env: {} });
    expect(config).toEqual({ ...defaults, llm: { ...defaults.llm, options: { temperature: 0.3 } } });
    const variables = [...above.matchAll(/(\w+): (\$\{.*\})/g)].map(([, , variable]) => variable);
    expect(variables.toSorted()).toEqual(
      Object.values(OTHERWISE)
        .filter((value) => typeof value === 'string')
        .toSorted(),
    );
  });

  test('has a word on every option', () => {
    const silent = above.split('\n').filter((line) => /^ *[\w-]+:/.test(line) && !line.includes(' # '));
    expect(silent).toEqual(['llm:']);
  });

  test('can be told by its environment', () => {
    const env = {
      OLLAMA_URL: 'http://gpu:11434/v1',
      OSTLER_WEB_HOST: '0.0.0.0',
      OSTLER_WEB_KEY: 'k',
      REDIS_URL: 'redis://redis:6379',
    };
    expect(parseConfig({ text, file: FILE, env }).config).toMatchObject({
      llm: { base_url: 'http://gpu:11434' },
      web: { host: '0.0.0.0', key: 'k' },
      redis: { url: 'redis://redis:6379' },
    });
  });
});

describe('the variables of config/ostler.yaml', () => {
  const known = Object.values(OTHERWISE).flatMap((value) => /\{(\w+):-/.exec(String(value))?.[1] ?? []);

  test('are all explained in .env.example', () => {
    const explained = [...readFileSync('.env.example', 'utf8').matchAll(/^# ([A-Z_]+)=/gm)].map(
      ([, name]) => name,
    );
    expect(explained.toSorted()).toEqual([...known, 'OSTLER_CONFIG'].toSorted());
  });

  test('are all passed on by docker-compose.yml', () => {
    const { environment } = parse(readFileSync('docker-compose.yml', 'utf8')).services.ostler;
    expect(Object.keys(environment).toSorted()).toEqual(known.toSorted());
  });
});

describe('config/ostler.schema.json', () => {
  test('is what `npm run schema` writes', () => {
    expect(readFileSync('config/ostler.schema.json', 'utf8')).toBe(editorSchema());
    expect(() => execFileSync(process.execPath, ['scripts/write-schema.ts', '--check'])).not.toThrow();
  });

  const schema = z.fromJSONSchema(JSON.parse(editorSchema()));

  test.each([FILE, ...examples()])('lets an editor accept %s', (file) => {
    expect(schema.safeParse(parseDocument(readFileSync(file, 'utf8')).toJS()).error).toBeUndefined();
  });

  test('lets an editor accept the commented example', () => {
    expect(schema.safeParse(parse(uncommented)).error).toBeUndefined();
  });

  test.each(['web: {port: many}', 'llm: {cache: {type: rma}}', 'colour: red'])(
    'lets an editor complain about %s',
    (wrong) => {
      expect(schema.safeParse(parse(wrong)).success).toBe(false);
    },
  );
});

function examples(): readonly string[] {
  return readdirSync('config/examples').map((name) => `config/examples/${name}`);
}

describe('the examples', () => {
  test.each(examples())('%s loads', async (file) => {
    const { warnings } = await loadConfig({ path: file, env: {} });
    expect(warnings).toEqual([]);
  });

  test('send each task to the model that lists it', async () => {
    const { config } = await loadConfig({ path: 'config/examples/hybrid.yaml', env: {} });
    expect(config.llm.routing.rules.map((rule) => rule.task)).toEqual([
      'mermaid',
      'code',
      'html',
      'documentation',
      'jira',
    ]);
  });
});
