import fc from 'fast-check';
import { GrammyError, HttpError } from 'grammy';
import { describe, expect, it } from 'vitest';
import { type Polling, pollUpdates } from '../../../adapters/telegram/poll.ts';
import type { PollState } from '../../../adapters/telegram/poll-trouble.ts';
import { OstlerError } from '../../../src/errors.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { logBook } from './log-book.ts';
import { type WatchedClock, watchedClock } from './watched-clock.ts';

type Answer = (parameters: { readonly offset: number; readonly timeout: number }) => unknown;

const SECOND = 1_000;
const HELD = new Promise<never>(() => {});
const tick = () => new Promise((resolve) => setImmediate(resolve));

function refusal(error_code: number, description = 'x', parameters = {}): GrammyError {
  return new GrammyError('x', { ok: false, error_code, description, parameters }, 'getUpdates', {});
}

/** Polls a Telegram that answers as it is told; after the last answer it holds the poll. */
function begin(answers: readonly Answer[], more: Partial<Polling> = {}) {
  const clock = watchedClock();
  const book = logBook();
  const ends = new AbortController();
  const states: PollState[] = [];
  const offsets: number[] = [];
  const handled: unknown[] = [];
  const over = pollUpdates({
    async fetchUpdates({ offset = 0, timeout = 0 } = {}) {
      const answer = answers[offsets.length];
      offsets.push(offset);
      return answer ? answer({ offset, timeout }) : HELD;
    },
    dropWebhook: async () => true,
    handle: async (update) => void handled.push(update),
    clock,
    logger: book.logger,
    onState: (state) => void states.push(state),
    signal: ends.signal,
    random: () => 0.5,
    ...more,
  });
  const stop = async () => {
    ends.abort();
    await tick();
    clock.advance(2 * SECOND);
    return over;
  };
  return { clock, states, offsets, handled, lines: book.lines, stop };
}

async function passAll(clock: WatchedClock, pauses: readonly number[]): Promise<void> {
  for (const ms of pauses) {
    // A poll's own deadline may be as long as a pause: it is gone by then.
    await tick();
    await clock.armed(ms);
    clock.advance(ms);
  }
}

function fail(error: unknown): Answer {
  return () => Promise.reject(error);
}
const times = (count: number, answer: Answer) => Array.from({ length: count }, () => answer);
const networkError = new HttpError('Network request failed!', new Error('https://api/bot1:secret/ failed'));

describe('pauses', () => {
  it('grow from 1 to 30 s while Telegram is away', async () => {
    const { clock, states, lines, stop } = begin([...times(7, fail(networkError)), () => []]);
    await passAll(
      clock,
      [1, 2, 4, 8, 16, 30, 30].map((seconds) => seconds * SECOND),
    );
    await clock.armed(40 * SECOND);
    expect(states).toEqual(['away', 'polling']);
    expect(lines()).toEqual([
      expect.objectContaining({ level: 'warn', fields: { reason: 'Error' } }),
      { level: 'info', fields: { seconds: 91 }, message: 'Telegram is polled again' },
    ]);
    await stop();
  });

  it.each([
    [0, 800],
    [1, 1_200],
  ])('stray by a fifth (%i)', async (random, ms) => {
    const { clock, stop } = begin([fail(networkError)], { random: () => random });
    await clock.armed(ms);
    await stop();
  });

  it('begin anew after a success', async () => {
    const away = fail(networkError);
    const { clock, stop } = begin([away, away, () => [{ update_id: 1 }], away]);
    await passAll(clock, [SECOND, 2 * SECOND, SECOND]);
    await stop();
  });

  it('grow and begin anew in the same way where updates cannot be taken', async () => {
    const first = () => [{ update_id: 1 }];
    const second = () => [{ update_id: 2 }];
    let refusals = 0;
    const { clock, lines, stop } = begin([first, first, first, second, second], {
      async handle() {
        refusals += 1;
        if (refusals !== 3) throw new OstlerError('The disk is full.', { code: 'storage' });
      },
    });
    await passAll(clock, [SECOND, 2 * SECOND, SECOND, 2 * SECOND]);
    expect(lines().map(({ level }) => level)).toEqual(['warn', 'info', 'warn']);
    await stop();
  });

  it('grow from 5 to 60 s while another program polls, also where a poll succeeds in between', async () => {
    const conflict = fail(refusal(409, 'Conflict: terminated by other getUpdates request'));
    const answers = [conflict, conflict, () => [{ update_id: 1 }], ...times(4, conflict)];
    const { clock, offsets, lines, stop } = begin(answers);
    await passAll(
      clock,
      [5, 10, 20, 40, 60, 60].map((seconds) => seconds * SECOND),
    );
    await clock.armed(40 * SECOND);
    expect(offsets).toHaveLength(8);
    expect(lines('error')).toHaveLength(2);
    await stop();
  });

  it('are those that Telegram asks for, up to an hour', async () => {
    const wait = (retry_after: unknown) => fail(refusal(429, 'Too Many Requests', { retry_after }));
    const { clock, states, stop } = begin([wait(3), wait(1e12), wait('x'), wait(-1)]);
    await passAll(clock, [3 * SECOND, 3_600 * SECOND, 4 * SECOND, 8 * SECOND]);
    expect(states).toEqual(['away']);
    await stop();
  });

  it('are a minute where the token is not valid', async () => {
    const { clock, states, lines, stop } = begin([fail(refusal(404, 'Not Found')), fail(refusal(401))]);
    await passAll(clock, [60 * SECOND, 60 * SECOND]);
    expect(states).toEqual(['revoked']);
    expect(lines()).toHaveLength(1);
    await stop();
  });

  it('follow a webhook that cannot be removed', async () => {
    const set = fail(refusal(409, "Conflict: can't use getUpdates method while webhook is active"));
    const { clock, states, stop } = begin([set], { dropWebhook: () => Promise.reject(refusal(401)) });
    await clock.armed(60 * SECOND);
    expect(states).toEqual(['conflict', 'revoked']);
    await stop();
  });
});

describe('a server', () => {
  it('that holds no polls is asked four times a second at most', async () => {
    const { clock, offsets, stop } = begin(times(100, () => []));
    await passAll(
      clock,
      times(20, () => 250).map((ms) => ms(undefined as never) as number),
    );
    expect(offsets.length).toBeLessThanOrEqual(22);
    await stop();
  });

  it('that sends the same again and again is asked no faster, and the same is handled once', async () => {
    const same = () => [{ update_id: 5 }, { update_id: 4 }, { update_id: 5 }, { no: 'id' }];
    const { clock, offsets, handled, lines, stop } = begin(times(100, same));
    await passAll(clock, [250, 250, 250]);
    await tick();
    expect(offsets).toEqual([0, 6, 6, 6, 6]);
    expect(handled).toEqual([{ update_id: 4 }, { update_id: 5 }]);
    expect(lines()).toHaveLength(1);
    await stop();
  });

  it.each([[{}], ['x'], [undefined], [null], [5]])('that answers %j is away', async (answer) => {
    const { clock, states, stop } = begin([() => answer]);
    await clock.armed(SECOND);
    expect(states).toEqual(['away']);
    await stop();
  });

  it('that numbers anew after a quiet week is followed', async () => {
    const { clock, offsets, handled, stop } = begin([() => [{ update_id: 900 }], () => [{ update_id: 7 }]]);
    await clock.armed(40 * SECOND);
    await tick();
    expect(offsets).toEqual([0, 901, 8]);
    expect(handled).toHaveLength(2);
    await stop();
  });

  it('that holds on for ever does not hold up the end', async () => {
    const { clock, stop } = begin([() => [{ update_id: 1 }]]);
    await clock.armed(40 * SECOND);
    await stop();
  });
});

it('never tells the token, nor the words of an error that may hold it', async () => {
  const named = Object.assign(new Error('bot1:secret'), { code: 'ECONNREFUSED' });
  for (const inner of [named, 'bot1:secret', new Error('bot1:secret')]) {
    const { clock, lines, stop } = begin([fail(new HttpError('failed', inner))]);
    await clock.armed(SECOND);
    expect(lines()).toHaveLength(1);
    expect(JSON.stringify(lines())).not.toContain('secret');
    await stop();
  }
});

/** Of one kind after the other; chat 0 is none. */
function updateIn(chat: number, id: number) {
  const about = chat === 0 ? {} : { chat: { id: chat } };
  const kinds = [
    { message: about },
    { edited_message: about },
    { callback_query: { message: about } },
    { stopped_message_generation: about },
  ];
  return { update_id: id, ...kinds[id % kinds.length] };
}

describe('whatever fails in between', () => {
  /** Updates of three chats, or of none, and for each how often it is refused before it is taken. */
  const updates = fc.array(fc.record({ chat: fc.integer({ min: 0, max: 3 }), refusals: fc.nat(2) }), {
    minLength: 1,
    maxLength: 250,
  });
  /** What becomes of the polls, in turn. */
  const fates = fc.array(fc.constantFrom('ok', 'ok', 'lost', 'twice', 'backwards'), { maxLength: 20 });

  it('every update is taken once, in the order of its chat, and none is confirmed before', async () => {
    await fc.assert(
      fc.asyncProperty(updates, fates, async (specs, fate) => {
        const left = specs.map(({ refusals }) => refusals);
        let waiting = specs.map(({ chat }, id) => updateIn(chat, id));
        const taken: number[] = [];
        const tooEarly: number[] = [];
        let polls = 0;
        const clock = fakeClock();
        const ends = new AbortController();
        let isOver = false;
        const over = pollUpdates({
          async fetchUpdates({ offset = 0, limit = 100 } = {}) {
            tooEarly.push(
              ...waiting.flatMap(({ update_id: id }) => (id < offset && !taken.includes(id) ? [id] : [])),
            );
            waiting = waiting.filter(({ update_id }) => update_id >= offset);
            if (waiting.length === 0) ends.abort();
            const batch = waiting.slice(0, limit);
            const now = fate[polls++ % fate.length] ?? 'ok';
            if (now === 'lost' && polls < 50) throw networkError;
            return now === 'backwards' ? batch.toReversed() : now === 'twice' ? [...batch, ...batch] : batch;
          },
          dropWebhook: async () => true,
          async handle(update) {
            const { update_id: id } = update as { update_id: number };
            await tick();
            const refusals = left[id] ?? 0;
            left[id] = refusals - 1;
            if (refusals > 0) throw new OstlerError('The disk is full.', { code: 'storage' });
            taken.push(id);
          },
          clock,
          logger: logBook().logger,
          onState: () => {},
          signal: ends.signal,
        }).then(() => {
          isOver = true;
        });
        while (!isOver) {
          await tick();
          clock.advance(SECOND);
        }
        await over;
        expect(tooEarly).toEqual([]);
        expect(taken.toSorted((one, other) => one - other)).toEqual(specs.map((_, id) => id));
        for (const chat of [1, 2, 3]) {
          const ids = taken.filter((id) => specs[id]?.chat === chat);
          expect(ids).toEqual(ids.toSorted((one, other) => one - other));
        }
      }),
      { numRuns: 100 },
    );
  });
});
