import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { configSchema } from '../../src/config/schema.ts';
import { ALONE, cachingHouse, MODEL } from '../cache/house.ts';
import { createParts } from './recall-parts.ts';
import { jobFor } from './recall-world.ts';

const HOUR = 3_600;
const WEEK = 604_800;
const FROM_TERMINAL = { address: { platform: 'terminal', chat: 'one' }, person: { id: 'terminal' } } as const;

/** Asks once. Resolves to how many seconds the second tier keeps the answer; null: for ever. */
async function lifeOfAnswer(input: Record<string, unknown>, more: Partial<Message>): Promise<number | null> {
  const { ostler } = await cachingHouse(input);
  const asked = await ostler.send('Why?', { ...ALONE, ...more });
  const { platform, chat } = more.address ?? { platform: 'web', chat: 'one' };
  const leave = new AbortController();
  for await (const event of ostler.front.follow({ platform, chat }, { signal: leave.signal }))
    if (event.type === 'entry' && event.id === asked.job) leave.abort();
  const at = Date.now();
  await ostler.close();
  const db = new DatabaseSync(join(ostler.config.data_dir, 'cache.db'));
  const [row] = db.prepare('SELECT kept FROM entries').all();
  db.close();
  const { expires } = JSON.parse(String(row?.kept)) as { expires?: number };
  return expires === undefined ? null : Math.round((expires - at) / 100) / 10;
}

const ruled = (seconds: number) => ({
  llm: {
    options: { temperature: 0 },
    routing: { default: MODEL, rules: [{ pattern: 'why', model: MODEL, cache_ttl: seconds }] },
  },
});
const shared = { response_cache: { scope: 'shared' } };
const wish = (ttlSeconds: number) => ({ cache: { ttlSeconds } });

it.each([
  ['as usual', {}, {}, HOUR],
  ['by its rule for a week', ruled(WEEK), {}, WEEK],
  ['by its rule for five minutes', ruled(300), {}, 300],
  ['for a week where its person says so', {}, wish(WEEK), WEEK],
  ['for a minute where its person says so', {}, wish(60), 60],
  ['for a week though else for ever', { response_cache: { l2: { ttl: null } } }, wish(WEEK), WEEK],
  ['no longer than usual where everybody has it, whatever its person says', shared, wish(WEEK), HOUR],
  ['for a week where everybody has it, by its rule', { ...shared, ...ruled(WEEK) }, {}, WEEK],
  ['for a week where everybody has it, by the operator', shared, { ...wish(WEEK), ...FROM_TERMINAL }, WEEK],
] as const)('an answer is kept %s', async (_, input, more, seconds) => {
  const life = await lifeOfAnswer(input, more);
  expect(Math.abs(Number(life) - seconds)).toBeLessThan(5);
});

it('no rule keeps an answer for more than 30 days', () => {
  const config = (cache_ttl: number) => ({
    llm: { routing: { rules: [{ pattern: 'why', model: MODEL, cache_ttl }] } },
  });
  expect(configSchema.safeParse(config(2_592_000)).success).toBe(true);
  const { error } = configSchema.safeParse(config(2_592_001));
  expect(error?.issues.map(({ message }) => message)).toEqual(['must be at most 2592000, which are 30 days']);
});

it('time is saved by who did not wait while the model wrote, tokens by all', async () => {
  const { world, recall, counts, clock } = createParts('user');
  const leave = new AbortController();
  const asked = { person: 'ada', chat: 'one', text: 'Why?', standalone: true, wish: {} } as const;
  const [leader, follower, later] = [1, 2, 3].map((number) => jobFor(number, asked));
  if (!leader || !follower || !later) throw new Error('There are three.');
  const look = (job: typeof leader) => recall.look(job, world.grant(), leave.signal);
  expect(await look(leader)).toBeUndefined();
  const waiting = look(follower);
  const remember = await recall.reserve(leader, world.grant(), await world.prepare(leader, world.grant()));
  clock.advance(9_000);
  const provenance = { model: 'a', by: 'default', reason: '' } as const;
  const made = { text: 'Because.', from: 'local', provenance, finished: 'stop' } as const;
  remember({ ...made, promptTokens: 20, tokens: 80, seconds: 10, waitSeconds: 0 });
  expect(await waiting).toMatchObject({ kind: 'answer' });
  expect([counts.savedSeconds, counts.savedTokens]).toEqual([1, 100]);
  expect(await look(later)).toMatchObject({ kind: 'answer' });
  expect([counts.savedSeconds, counts.savedTokens]).toEqual([11, 200]);
});
