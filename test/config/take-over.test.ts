import { expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { takeOver } from '../../src/config/take-over.ts';

const config = (input: Record<string, unknown> = {}) => configSchema.parse(input);

it.each<[option: string, input: Record<string, unknown>]>([
  ['data_dir', { data_dir: 'elsewhere' }],
  ['redis.url', { redis: { url: 'redis://127.0.0.1' } }],
  ['files.max_mb', { files: { max_mb: 1 } }],
  ['response_cache.l2.prefix', { response_cache: { l2: { prefix: 'kitchen' } } }],
  ['response_cache.l2.operation_timeout_ms', { response_cache: { l2: { operation_timeout_ms: 50 } } }],
  ['web.enabled', { web: { enabled: false } }],
  ['web.host', { web: { host: '::1' } }],
  ['web.port', { web: { port: 1 } }],
  ['web.key', { web: { key: 'k' } }],
  ['log.level', { log: { level: 'debug' } }],
  ['llm.base_url', { llm: { base_url: 'http://gpu:11434' } }],
  ['llm.preload', { llm: { preload: ['qwen2.5:7b'] } }],
  ['llm.timeouts.status_seconds', { llm: { timeouts: { status_seconds: 1 } } }],
  ['telegram.token', { telegram: { token: '1:a' } }],
  ['telegram.api_url', { telegram: { api_url: 'http://127.0.0.1' } }],
  ['telegram.webhook.url', { telegram: { webhook: { url: 'https://bot.example.org/' } } }],
])('%s waits for a restart, and the rest is taken', (option, input) => {
  const rest = { queue: { expire_minutes: 1 } };
  const taken = takeOver(config(), config({ ...input, ...rest }));
  expect(taken).toEqual({ config: config(rest), changed: ['queue'], waiting: [option] });
});

it.each<[section: string, input: Record<string, unknown>]>([
  ['llm', { llm: { models: { fast: 'qwen2.5:7b' }, routing: { default: 'fast' } } }],
  ['llm', { llm: { routing: { rules: [{ pattern: 'x', model: 'a:1' }] }, system_prompt: 'Be brief.' } }],
  ['llm', { llm: { parallel: 4, cache: { type: 'none' }, timeouts: { load_seconds: 1 } } }],
  ['queue', { queue: { expire_minutes: 1 } }],
  ['response_cache', { response_cache: { enabled: false, scope: 'chat' } }],
  ['conversations', { conversations: { keep: 1, keep_days: 1 } }],
  ['telegram', { telegram: { streaming: 'off' } }],
  ['access', { access: { telegram: { users: [7] } } }],
  ['shutdown_seconds', { shutdown_seconds: 1 }],
])('%s is taken: %j', (section, input) => {
  expect(takeOver(config(), config(input))).toEqual({
    config: config(input),
    changed: [section],
    waiting: [],
  });
});

it('names each option that waits, and takes it back when it is as before', () => {
  const start = config({ web: { port: 1 } });
  const next = config({ web: { port: 2, key: 'k' }, data_dir: 'elsewhere' });
  const { config: current, waiting } = takeOver(start, next);
  expect(waiting).toEqual(['web.port', 'web.key', 'data_dir']);
  expect(takeOver(current, start)).toEqual({ config: start, changed: [], waiting: [] });
});
