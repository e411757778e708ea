import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noCounts } from '../../src/cache/counters.ts';
import type { CacheEntry } from '../../src/cache/entry.ts';
import { createEpochs, EVERYTHING, epochOfChat, epochOfPerson } from '../../src/cache/epochs.ts';
import { createKeyOf } from '../../src/cache/key.ts';
import { lruTier } from '../../src/cache/lru-tier.ts';
import { createResponseCache } from '../../src/cache/response-cache.ts';
import type { Answer, Outcome } from '../../src/chat/exchange.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Grant } from '../../src/models/grant.ts';
import { createFlights } from '../../src/path/flights.ts';
import type { Job } from '../../src/path/job.ts';
import { createRecall } from '../../src/path/recall.ts';
import { makeSnapshot } from '../../src/path/snapshot.ts';
import { stoppedByPerson } from '../../src/path/work.ts';
import type { CacheTier } from '../../src/ports/cache-tier.ts';
import { fakeClock } from '../fakes/clock.ts';
import { GRANT } from '../fakes/grant.ts';
import { jobOf } from '../fakes/job.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';
import { fakeStore } from '../fakes/store.ts';

const PEOPLE = ['ada', 'ben', 'eve'] as const;
const CHATS = ['one', 'two'] as const;
const TEXTS = ['Why?', 'How?'] as const;
const TURNS = 4;

type Asked = {
  readonly person: string;
  readonly chat: string;
  readonly text: string;
  readonly retry: boolean;
};
type Step =
  | { readonly do: 'ask'; readonly asked: Asked }
  | { readonly do: 'finish' | 'fail' | 'stop'; readonly which: number }
  | { readonly do: 'clear' | 'pull' }
  | { readonly do: 'forget'; readonly person: string; readonly chat: string }
  | { readonly do: 'wait' };

const index = fc.nat({ max: 5 });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .record({
          person: fc.constantFrom(...PEOPLE),
          chat: fc.constantFrom(...CHATS),
          text: fc.constantFrom(...TEXTS),
          retry: fc.boolean(),
        })
        .map((asked): Step => ({ do: 'ask', asked })),
    },
    { weight: 3, arbitrary: index.map((which): Step => ({ do: 'finish', which })) },
    { weight: 1, arbitrary: index.map((which): Step => ({ do: 'fail', which })) },
    { weight: 2, arbitrary: index.map((which): Step => ({ do: 'stop', which })) },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'clear' }, { do: 'pull' }) },
    {
      weight: 1,
      arbitrary: fc
        .record({ person: fc.constantFrom(...PEOPLE), chat: fc.constantFrom(...CHATS) })
        .map((whose): Step => ({ do: 'forget', ...whose })),
    },
    { weight: 2, arbitrary: fc.constant<Step>({ do: 'wait' }) },
  ),
  { maxLength: 25 },
);

/** A second tier that answers a moment later, as one over a network. */
function slowTier(): CacheTier {
  const values = new Map<string, string>();
  const later = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    backend: 'sqlite',
    async get(key) {
      await later();
      const value = values.get(key);
      await later();
      return value === undefined ? { kind: 'miss' } : { kind: 'hit', value, leftMs: undefined };
    },
    async set(key, value) {
      await later();
      values.set(key, value);
      return true;
    },
    async delete(key) {
      await later();
      return values.delete(key);
    },
    async clear() {
      await later();
      values.clear();
      return true;
    },
    entries: () => values.size,
    health: () => ({ state: 'ready', detail: '' }),
    onHealth: () => {},
    close: async () => {},
  };
}

/** One answer of a model: what it was asked, and when. */
type Made = {
  readonly asked: Asked;
  readonly digest: string;
  readonly begunAt: number;
  done: 'no' | 'yes' | 'failed';
};

/** Who asks what of a cache in which order; time is the number of steps so far. */
function scene() {
  const clock = fakeClock();
  const store = fakeStore(clock);
  const { logger } = quietPorts();
  const { response_cache, ...config } = configSchema.parse({ llm: { options: { temperature: 0 } } });
  const counts = noCounts(0);
  const l1 = lruTier<CacheEntry>(
    { maxEntries: 3, maxBytes: 1e6, ttlMs: 1e6, ttiMs: 1e6 },
    () => {},
    clock.now,
  );
  const ttl = { l1: 1e6, l2: undefined };
  const cache = createResponseCache({ l1, l2: slowTier(), ttl, counts, clock, logger });
  const epochs = createEpochs(store);
  const flights = createFlights();
  const snapshot = makeSnapshot({ ...config, response_cache });
  const recall = createRecall({
    cache,
    counts,
    epochs,
    keyOf: createKeyOf('secret'),
    flights,
    prepare: async (job) => ({ request: requestOf(job), characters: 1 }),
    conversations: { systemPrompt: async () => null },
    ownTemperature: async () => undefined,
    openReply: () => ({ progress() {}, thinking() {}, text() {}, restart() {}, async finish() {} }),
    snapshot: () => snapshot,
    clock,
    logger,
  });

  const made: Made[] = [];
  /** When everything was cleared, and what each person and chat was told was forgotten. */
  const voidedAt = new Map<string, number>();
  const running: {
    readonly end: PromiseWithResolvers<void>;
    readonly made: Made;
    readonly stop: () => void;
  }[] = [];
  let time = 0;
  let digest = 'd0';
  let jobs = 0;

  function requestOf({ message }: Job) {
    return {
      model: GRANT.model,
      turns: [{ role: 'user', content: message.text } as const],
      options: { temperature: 0 },
      keepAlive: 0,
    };
  }

  function checkGiven(given: string, asked: Asked, askedAt: number, digestThen: string): void {
    const one = made[Number(given)];
    expect(one).toBeDefined();
    if (!one) return;
    expect({ ...one.asked, retry: false }).toEqual({ ...asked, retry: false, chat: one.asked.chat });
    expect([one.digest, one.done]).toEqual([digestThen, 'yes']);
    expect(asked.retry).toBe(false);
    for (const name of [EVERYTHING, asked.person]) {
      const at = voidedAt.get(name) ?? -1;
      // What was cleared before it was asked may not come back.
      if (at < askedAt) expect(one.begunAt).toBeGreaterThanOrEqual(at);
    }
  }

  async function ask(asked: Asked): Promise<void> {
    jobs += 1;
    const { person, chat, text, retry } = asked;
    const message = {
      ...jobOf(jobs).message,
      text,
      person: { id: person },
      address: { platform: 'web', chat },
    };
    const job: Job = {
      ...jobOf(jobs, `web:${chat}`),
      message: { ...message, ...(retry && { cache: { read: false } as const }) },
      route: { ...jobOf(jobs).route, standalone: true },
    };
    const grant: Grant = { ...GRANT, digest };
    const askedAt = time;
    const left = new AbortController();
    const stop = () => left.abort(stoppedByPerson());
    const outcome: Outcome | undefined = await recall.look(job, grant, left.signal);
    if (outcome?.kind === 'answer') return checkGiven(outcome.answer.text, asked, askedAt, grant.digest);
    if (left.signal.aborted) return;
    const remember = await recall.reserve(job, grant, requestOf(job));
    const mine: Made = { asked, digest: grant.digest, begunAt: time, done: 'no' };
    const number = made.push(mine) - 1;
    const end = Promise.withResolvers<void>();
    running.push({ end, made: mine, stop });
    const generate = async (signal: AbortSignal) => {
      await Promise.race([
        end.promise,
        new Promise((_, no) => signal.addEventListener('abort', () => no(signal.reason))),
      ]);
      mine.done = 'yes';
      remember(answerOf(String(number)));
    };
    await flights
      .fly(job.id, left.signal, generate, () => {})
      .catch(() => {
        if (mine.done === 'no') mine.done = 'failed';
      });
    flights.leave(job.id);
  }

  const asking: Promise<void>[] = [];
  const wrong: unknown[] = [];
  return {
    async take(step: Step): Promise<void> {
      time += 1;
      const one = 'which' in step ? running[step.which] : undefined;
      switch (step.do) {
        case 'ask':
          asking.push(ask(step.asked).catch((error: unknown) => void wrong.push(error)));
          break;
        case 'finish':
          one?.end.resolve();
          break;
        case 'fail':
          one?.end.reject(new Error('It broke off.'));
          break;
        case 'stop':
          one?.stop();
          break;
        case 'pull':
          digest = `d${time}`;
          break;
        case 'clear':
          voidedAt.set(EVERYTHING, time);
          await epochs.raise(EVERYTHING);
          await cache.clear();
          break;
        case 'forget':
          voidedAt.set(step.person, time);
          await epochs.raise(epochOfPerson({ platform: 'web', chat: step.chat }, step.person));
          await epochs.raise(epochOfChat({ platform: 'web', chat: step.chat }));
          break;
        case 'wait':
          for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async end(): Promise<void> {
      // Who waits for what failed asks anew: until nobody runs any more.
      let ended = 0;
      const all = Promise.all(asking).then(() => {
        ended = asking.length;
      });
      while (ended < asking.length) {
        for (const { end } of running) end.resolve();
        await new Promise((resolve) => setImmediate(resolve));
      }
      await all;
      await cache.settled();
      expect(wrong).toEqual([]);
    },
  };
}

function answerOf(text: string): Answer {
  return {
    text,
    from: 'local',
    provenance: { model: GRANT.model, by: 'default', reason: '' },
    finished: 'stop',
    promptTokens: 1,
    tokens: 1,
    seconds: 1,
    waitSeconds: 0,
  };
}

it('no order of questions, ends, clears, pulls and retries gives anybody an answer that is not theirs now', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const { take, end } = scene();
      for (const step of all) await take(step);
      await end();
    }),
    { numRuns: 1_000 },
  );
}, 60_000);
