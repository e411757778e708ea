import type { Api } from 'grammy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApi } from '../../../adapters/telegram/open-api.ts';
import { pollUpdates } from '../../../adapters/telegram/poll.ts';
import type { PollState } from '../../../adapters/telegram/poll-trouble.ts';
import type { HandleUpdate } from '../../../adapters/telegram/take-update.ts';
import { OstlerError } from '../../../src/errors.ts';
import type { Fault } from '../../servers/telegram/faults.ts';
import { createTelegram, type Telegram } from '../../servers/telegram/telegram.ts';
import { type Line, logBook } from './log-book.ts';
import { type WatchedClock, watchedClock } from './watched-clock.ts';

const SECOND = 1_000;
const diskFull = () => new OstlerError('The disk is full.', { code: 'storage' });

let telegram: Telegram;
let api: Api;
let clock: WatchedClock;
let begun: { stop(): Promise<void> }[];

beforeEach(async () => {
  telegram = await createTelegram();
  api = openApi(telegram.token, telegram.url);
  clock = watchedClock();
  begun = [];
});
afterEach(async () => {
  await Promise.all(begun.map(({ stop }) => stop()));
  await telegram.close();
});

/** Begins to poll; `taken` holds the texts of what was handled, `states` each change. */
function begin(handle: HandleUpdate = async () => {}) {
  const book = logBook();
  const ends = new AbortController();
  const states: PollState[] = [];
  const taken: string[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const check of waiting) check();
  };
  const over = pollUpdates({
    fetchUpdates: (parameters, signal) => api.getUpdates(parameters, signal),
    dropWebhook: (signal) => api.deleteWebhook({ drop_pending_updates: false }, signal),
    async handle(update) {
      await handle(update);
      taken.push(textOf(update));
      look();
    },
    clock,
    logger: book.logger,
    onState(state) {
      states.push(state);
      look();
    },
    signal: ends.signal,
    // In the middle: neither longer nor shorter.
    random: () => 0.5,
  });
  const polling = {
    states,
    taken,
    lines: book.lines,
    /** Resolves once the condition holds; it is tried whenever something was taken or the state changed. */
    until: (holds: () => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (!holds()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    stop() {
      ends.abort();
      return over;
    },
  };
  begun.push(polling);
  return polling;
}

function textOf(update: unknown): string {
  const { message } = update as { message?: { text?: string } };
  return message?.text ?? JSON.stringify(update);
}

const held = () => telegram.until(() => telegram.pollers() === 1);
const polls = () => telegram.requests({ method: 'getUpdates' });
/** Lets a pause of exactly so long begin, and pass. */
async function pass(ms: number): Promise<void> {
  await clock.armed(ms);
  clock.advance(ms);
}
const messages = (lines: readonly Line[]) => lines.map(({ level, message }) => `${level}: ${message}`);
/** A promise, and what resolves it. */
const gate = () => Promise.withResolvers<void>();

function ada() {
  const person = telegram.person({ name: 'Ada' });
  const chat = person.directChat();
  return { says: (text: string) => person.send(chat, text) };
}

it('takes what was written before and what is written now, in order', async () => {
  const { says } = ada();
  says('one');
  says('two');
  const polling = begin();
  await held();
  expect(polling.taken).toEqual(['one', 'two']);
  says('three');
  await polling.until(() => polling.taken.length === 3);
  expect(polling.taken).toEqual(['one', 'two', 'three']);
  expect(polling.states).toEqual(['polling']);
  expect(polling.lines()).toEqual([]);
});

it('asks first without being held, so that its state is known at once, and then for all that is read', async () => {
  const polling = begin();
  await held();
  expect(polling.states).toEqual(['polling']);
  const allowed_updates = ['message', 'edited_message', 'callback_query', 'stopped_message_generation'];
  expect(polls().map(({ parameters }) => parameters)).toEqual([
    { offset: 0, timeout: 0, limit: 100, allowed_updates },
    { offset: 0, timeout: 30, limit: 100, allowed_updates },
  ]);
});

it('confirms nothing before it is taken, and does not poll meanwhile', async () => {
  const { promise: mayTake, resolve: take } = gate();
  const { promise: handling, resolve: begins } = gate();
  const polling = begin(() => {
    begins();
    return mayTake;
  });
  await held();
  ada().says('one');
  await handling;
  const asked = polls().length;
  expect(telegram.unconfirmed()).toHaveLength(1);
  const confirmed = telegram.when('confirmed');
  take();
  await confirmed;
  expect(telegram.unconfirmed()).toHaveLength(0);
  expect(polls()).toHaveLength(asked + 1);
  expect(polling.taken).toEqual(['one']);
});

it('handles the chats of a batch side by side, each in its order', async () => {
  const [eve, bob] = [ada(), ada()];
  const { promise: slow, resolve: go } = gate();
  for (const [who, text] of [
    [eve, 'e1'],
    [eve, 'e2'],
    [bob, 'b1'],
    [bob, 'b2'],
  ] as const)
    who.says(text);
  const polling = begin((update) => (textOf(update) === 'e1' ? slow : Promise.resolve()));
  await polling.until(() => polling.taken.length === 2);
  expect(polling.taken).toEqual(['b1', 'b2']);
  go();
  await held();
  expect(polling.taken).toEqual(['b1', 'b2', 'e1', 'e2']);
});

describe('what cannot be taken', () => {
  it('comes again with what followed it in its chat; other chats go on, and nothing is handled twice', async () => {
    const [eve, bob] = [ada(), ada()];
    eve.says('e1');
    eve.says('e2');
    bob.says('b1');
    const tried: string[] = [];
    const polling = begin(async (update) => {
      tried.push(textOf(update));
      if (textOf(update) !== 'e1') return;
      if (tried.filter((text) => text === 'e1').length <= 2) throw diskFull();
    });
    await clock.armed(SECOND);
    expect(telegram.unconfirmed()).toHaveLength(3);
    await pass(SECOND);
    await pass(2 * SECOND);
    await held();
    expect(tried).toEqual(['e1', 'b1', 'e1', 'e1', 'e2']);
    expect(telegram.unconfirmed()).toHaveLength(0);
    expect(messages(polling.lines())).toEqual([
      'warn: updates cannot be taken now; they come again',
      'info: updates are taken again',
    ]);
  });

  it.each([
    ['is retryable', new OstlerError('Busy.', { code: 'busy', retryable: true })],
    ['is about the storage', diskFull()],
    ['says that Ostler is stopping', new OstlerError('Stopping.', { code: 'stopping' })],
  ])('stays with Telegram where the error %s', async (_, error) => {
    ada().says('one');
    const polling = begin(async () => {
      throw error;
    });
    await clock.armed(SECOND);
    expect(polling.lines('warn')).toHaveLength(1);
    await polling.stop();
    expect(telegram.unconfirmed()).toHaveLength(1);
  });

  it.each([
    ['a mistake of ours', new TypeError('x is not a function')],
    ['a message that is wrong', new OstlerError('Too long.', { code: 'too_long' })],
  ])('is told once and passed over where it is %s', async (_, error) => {
    const { says } = ada();
    says('one');
    says('two');
    const polling = begin(async (update) => {
      if (textOf(update) === 'one') throw error;
    });
    await held();
    expect(polling.taken).toEqual(['two']);
    expect(telegram.unconfirmed()).toHaveLength(0);
    expect(polling.lines()).toEqual([
      {
        level: 'error',
        fields: expect.objectContaining({ update_id: expect.any(Number), code: expect.any(String) }),
        message: 'an update could not be handled; skipped',
      },
    ]);
  });
});

it('passes over what is no update, and nobody has to wait behind it', async () => {
  const { says } = ada();
  for (const thing of [null, 'x', [], {}, { update_id: 'x' }, { update_id: -1 }, { update_id: 1.5 }]) {
    telegram.push(thing);
  }
  says('one');
  const polling = begin();
  await held();
  expect(polling.taken).toEqual(['one']);
  expect(telegram.unconfirmed()).toHaveLength(0);
  expect(polling.lines()).toEqual([
    { level: 'error', fields: { count: 7 }, message: 'updates without an update_id; skipped' },
  ]);
});

describe('when Telegram is away', () => {
  it('says so once, tries again, and says once that it is back; nothing is lost', async () => {
    const { says } = ada();
    const polling = begin();
    await held();
    await telegram.goAway();
    await polling.until(() => polling.states.at(-1) === 'away');
    says('one');
    await telegram.comeBack();
    await pass(SECOND);
    await polling.until(() => polling.taken.length === 1);
    expect(polling.states).toEqual(['polling', 'away', 'polling']);
    expect(polling.lines()).toEqual([
      {
        level: 'warn',
        fields: expect.objectContaining({ reason: expect.any(String) }),
        message: 'Telegram cannot be reached; trying again',
      },
      { level: 'info', fields: { seconds: 1 }, message: 'Telegram is polled again' },
    ]);
    expect(JSON.stringify(polling.lines())).not.toContain('nobody');
  });

  const FAULTS: readonly [string, Fault['kind'], number][] = [
    ['a connection that is cut', 'drop-before', 1],
    ['an answer that is lost', 'drop-after', 1],
    ['an answer that is not JSON', 'not-json', 1],
    ['an error of the server', { status: 502, description: 'Bad Gateway' }, 1],
    ['a request for a pause', { status: 429, description: 'x', parameters: { retry_after: 7 } }, 7],
  ];
  it.each(FAULTS)('takes everything once after %s', async (_, kind, seconds) => {
    ada().says('one');
    telegram.fault({ method: 'getUpdates', kind });
    const polling = begin();
    await clock.armed(seconds * SECOND);
    expect(polling.states).toEqual(['away']);
    await pass(seconds * SECOND);
    await held();
    expect(polling.taken).toEqual(['one']);
    expect(messages(polling.lines())).toHaveLength(2);
  });

  it('takes everything once after half an answer, which grammY goes on waiting for', async () => {
    ada().says('one');
    telegram.fault({ method: 'getUpdates', kind: 'half-answer' });
    const polling = begin();
    await telegram.until(() => polls()[0]?.status !== undefined);
    await pass(10 * SECOND);
    await pass(SECOND);
    await held();
    expect(polling.states).toEqual(['away', 'polling']);
    expect(polling.taken).toEqual(['one']);
  });

  it('gives up a poll that is overdue', async () => {
    const polling = begin();
    await held();
    telegram.fault({ method: 'getUpdates', kind: 'hang' });
    const asked = telegram.when('request');
    ada().says('one');
    await asked;
    expect(polling.states).toEqual(['polling']);
    await pass(40 * SECOND);
    await clock.armed(SECOND);
    expect(polling.states).toEqual(['polling', 'away']);
    expect(polling.lines('warn')[0]?.fields).toMatchObject({ reason: 'No answer in time.' });
    await pass(SECOND);
    await held();
    expect(polling.taken).toEqual(['one']);
  });
});

it('says it clearly when another program polls, and polls on after a pause', async () => {
  const polling = begin();
  await held();
  const others = api.getUpdates({ timeout: 30 }).catch(() => []);
  await polling.until(() => polling.states.at(-1) === 'conflict');
  expect(messages(polling.lines())).toEqual([
    'error: Another program polls Telegram with the same bot token, and takes messages away from this one',
  ]);
  await pass(5 * SECOND);
  // Ours ends the other one now.
  await others;
  ada().says('one');
  await polling.until(() => polling.taken.length === 1);
  expect(polling.states).toEqual(['polling', 'conflict', 'polling']);
});

it('removes a webhook that is in the way, and keeps what waits for it', async () => {
  await api.setWebhook('http://127.0.0.1:9/nobody');
  ada().says('one');
  const polling = begin();
  await pass(SECOND);
  expect(telegram.requests({ method: 'deleteWebhook' })).toHaveLength(1);
  await polling.until(() => polling.taken.length === 1);
  expect(polling.states).toEqual(['conflict', 'polling']);
  expect(messages(polling.lines('warn'))).toEqual([
    'warn: A webhook is set for this bot, so it cannot poll; the webhook is removed',
  ]);
});

it('says it clearly when the token is not valid any more, and asks again once a minute', async () => {
  const polling = begin();
  await held();
  telegram.revoke();
  await pass(60 * SECOND);
  await pass(60 * SECOND);
  expect(polling.lines()).toEqual([
    {
      level: 'error',
      fields: { reason: 'Unauthorized', hint: expect.stringContaining('BotFather') },
      message: 'The bot token of Telegram is not valid (any more)',
    },
  ]);
  expect(polling.states).toEqual(['polling', 'revoked']);
});

describe('at its end', () => {
  it('leaves the held poll', async () => {
    const polling = begin();
    await held();
    const left = telegram.when('poll-ended');
    await polling.stop();
    expect((await left).why).toBe('left');
    expect(telegram.pollers()).toBe(0);
  });

  it('waits for what is being taken, and confirms it', async () => {
    const { promise: mayTake, resolve: take } = gate();
    const { promise: handling, resolve: begins } = gate();
    const polling = begin(() => {
      begins();
      return mayTake;
    });
    ada().says('one');
    await handling;
    let isOver = false;
    const over = polling.stop().then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    take();
    await over;
    expect(telegram.unconfirmed()).toHaveLength(0);
    expect(polls().at(-1)?.parameters).toMatchObject({ timeout: 0, limit: 1 });
  });

  it('takes nothing that came after it', async () => {
    const { says } = ada();
    says('one');
    const polling = begin(async () => {
      void polling.stop();
      says('two');
    });
    await polling.until(() => polling.taken.length === 1);
    await polling.stop();
    expect(polling.taken).toEqual(['one']);
    expect(telegram.unconfirmed()).toHaveLength(1);
  });

  it('comes also while Telegram is away', async () => {
    const polling = begin();
    await held();
    await telegram.goAway();
    await polling.until(() => polling.states.at(-1) === 'away');
    await polling.stop();
    expect(polling.lines()).toHaveLength(1);
  });
});
