import { Api } from 'grammy';
import { describe, expect, it } from 'vitest';
import { createCalls } from '../../../adapters/telegram/calls.ts';
import { TELEGRAM_PACING } from '../../../adapters/telegram/pacing.ts';
import { type ErrorCode, OstlerError } from '../../../src/errors.ts';
import { createBudget } from '../../../src/reply/budget.ts';
import { steppingClock } from '../../reply/stepping-clock.ts';
import type { FaultKind } from '../../servers/telegram/faults.ts';
import { type OpenCalls, openCalls, text } from './open-calls.ts';

const FINAL = { urgency: 'final' } as const;
const SECRET = 'a private text';

async function errorOf(call: Promise<unknown>): Promise<OstlerError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OstlerError)) throw new Error('No OstlerError', { cause: error });
  return error;
}

/** Whatever a logger or a person might see of an error. */
function allOf(error: OstlerError): string {
  const { message, hint, stack, cause } = error;
  return JSON.stringify([message, hint, stack, { ...error }, String(cause), cause]);
}

function refusal(status: number, description: string): FaultKind {
  return { status, description };
}

const FAULTS: readonly [string, FaultKind, ErrorCode, boolean][] = [
  ['a connection that closes before', 'drop-before', 'unreachable', true],
  ['a connection that closes after', 'drop-after', 'unreachable', true],
  ['the page of a proxy', 'not-json', 'unreachable', true],
  ['a fault inside Telegram', refusal(500, 'Internal Server Error'), 'unreachable', true],
  ['a gateway without Telegram', refusal(502, 'Bad Gateway'), 'unreachable', true],
  ['a malformed token', refusal(404, 'Not Found'), 'unreachable', true],
  [
    'a missing right',
    refusal(400, 'Bad Request: not enough rights to send text messages to the chat'),
    'undeliverable',
    false,
  ],
  [
    'a missing right, in other words',
    refusal(400, 'Bad Request: have no rights to send a message'),
    'undeliverable',
    false,
  ],
  ['a right that is restricted', refusal(400, 'Bad Request: CHAT_WRITE_FORBIDDEN'), 'undeliverable', false],
  ['a topic that is gone', refusal(400, 'Bad Request: TOPIC_DELETED'), 'undeliverable', false],
  ['a topic that is closed', refusal(400, 'Bad Request: TOPIC_CLOSED'), 'undeliverable', false],
  ['a person who is gone', refusal(403, 'Forbidden: user is deactivated'), 'undeliverable', false],
  [
    'somebody who never wrote to us',
    refusal(403, "Forbidden: bot can't initiate conversation with a user"),
    'undeliverable',
    false,
  ],
  ['a request that is too large', refusal(413, 'Request Entity Too Large'), 'too_long', false],
  ['a mistake of ours', refusal(400, 'Bad Request: message text is empty'), 'internal', false],
];

describe('what Telegram answers', () => {
  it('says which option is wrong where a page of HTML comes', async () => {
    const { telegram, calls } = await openCalls();
    telegram.fault({ kind: 'not-json' });
    const error = await errorOf(calls.send({ chat: '5' }, text(SECRET), FINAL));
    expect(error.hint).toBe('What answers is not the Bot API: check telegram.api_url.');
  });

  it('says which error it was where there is no connection', async () => {
    const { telegram, calls } = await openCalls();
    await telegram.goAway();
    const error = await errorOf(calls.send({ chat: '5' }, text(SECRET), FINAL));
    expect(error.hint).toContain('(ECONNREFUSED)');
  });

  it.each(FAULTS)('%s', async (_, kind, code, retryable) => {
    const { telegram, calls, logged, run } = await openCalls();
    const target = { chat: String(telegram.person({ name: 'Ada' }).directChat().id) };
    telegram.fault({ kind });
    const error = await errorOf(run(calls.send(target, text(SECRET), FINAL)));
    expect(error).toMatchObject({ code, retryable, hint: expect.any(String) });
    expect(allOf(error) + logged.join()).not.toMatch(/nobody|private text/);
    expect(telegram.pendingFaults()).toEqual([]);
  });

  const made: readonly [
    string,
    (opened: OpenCalls) => Promise<{ chat: string; thread?: string }>,
    ErrorCode,
  ][] = [
    [
      'somebody who blocked us',
      async ({ telegram }) => {
        const ada = telegram.person({ name: 'Ada' });
        const { id } = ada.directChat();
        telegram.block(ada);
        return { chat: String(id) };
      },
      'undeliverable',
    ],
    [
      'a group that threw us out',
      async ({ telegram }) => {
        const group = telegram.group({ title: 'Group', members: [telegram.person({ name: 'Ada' })] });
        telegram.kick(group);
        return { chat: String(group.id) };
      },
      'undeliverable',
    ],
    ['a chat that is not there', async () => ({ chat: '5' }), 'undeliverable'],
    [
      'a thread that is not there',
      async ({ telegram }) => {
        const forum = telegram.forum({ title: 'Forum', members: [telegram.person({ name: 'Ada' })] });
        return { chat: String(forum.id), thread: '77' };
      },
      'undeliverable',
    ],
    [
      'a topic that was closed',
      async ({ telegram }) => {
        const forum = telegram.forum({ title: 'Forum', members: [telegram.person({ name: 'Ada' })] });
        const thread = telegram.openTopic(forum, 'Topic');
        telegram.closeTopic(forum, thread);
        return { chat: String(forum.id), thread: String(thread) };
      },
      'undeliverable',
    ],
    [
      'a token that is not good any more',
      async ({ telegram }) => {
        const { id } = telegram.person({ name: 'Ada' }).directChat();
        telegram.revoke();
        return { chat: String(id) };
      },
      'unreachable',
    ],
    [
      'a Telegram that is away',
      async ({ telegram }) => {
        const { id } = telegram.person({ name: 'Ada' }).directChat();
        await telegram.goAway();
        return { chat: String(id) };
      },
      'unreachable',
    ],
  ];
  it.each(made)('%s', async (_, make, code) => {
    const opened = await openCalls();
    const target = await make(opened);
    const error = await errorOf(opened.calls.send(target, text(SECRET), FINAL));
    expect(error).toMatchObject({ code, retryable: code === 'unreachable', hint: expect.any(String) });
    expect(allOf(error) + opened.logged.join()).not.toMatch(/nobody|private text/);
  });

  it('says which option is wrong where the token is', async () => {
    const { telegram, calls } = await openCalls();
    telegram.revoke();
    const error = await errorOf(calls.send({ chat: '5' }, text(SECRET), FINAL));
    expect(error.hint).toContain('telegram.token');
  });

  it('a text that is too long', async () => {
    const { telegram, calls, run } = await openCalls();
    const target = { chat: String(telegram.person({ name: 'Ada' }).directChat().id) };
    const long = text('x'.repeat(4_097));
    expect(await errorOf(calls.send(target, long, FINAL))).toMatchObject({
      code: 'too_long',
      retryable: false,
    });
    expect(await errorOf(run(calls.draft(target, 1, long)))).toMatchObject({
      code: 'too_long',
      retryable: false,
    });
  });

  it('nothing for 20 s', async () => {
    const { telegram, calls, clock, underWay } = await openCalls();
    const target = { chat: String(telegram.person({ name: 'Ada' }).directChat().id) };
    telegram.fault({ kind: 'hang' });
    const sent = errorOf(calls.send(target, text(SECRET), FINAL));
    await underWay(1);
    await clock.runUntil(19_999);
    await underWay(1);
    await clock.runUntil(20_000);
    expect(await sent).toMatchObject({ code: 'unreachable', retryable: true });
    expect((await sent).hint).toContain('20 s');
  });
});

describe('half an answer', () => {
  it('counts as none after 20 s, since the client does not notice its end', async () => {
    const { telegram, calls, clock } = await openCalls();
    const target = { chat: String(telegram.person({ name: 'Ada' }).directChat().id) };
    telegram.fault({ kind: 'half-answer' });
    const ended = telegram.when('answer');
    const sent = errorOf(calls.send(target, text(SECRET), FINAL));
    await ended;
    await clock.runUntil(20_000);
    expect(await sent).toMatchObject({ code: 'unreachable', retryable: true });
  });
});

describe('something that is not the Bot API', () => {
  it.each([
    ['null'],
    ['[]'],
    ['"hello"'],
    ['{}'],
    ['{"ok": true}'],
    ['{"ok": true, "result": true}'],
    ['{"ok": false}'],
    ['{"ok": false, "error_code": "x", "description": 5}'],
  ])('answers %j: that is no message', async (body) => {
    const clock = steppingClock();
    const fetch = async () => new Response(body);
    const api = new Api('1000:nobody', { fetch: fetch as never });
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    const calls = createCalls({
      api,
      budget: createBudget(clock, TELEGRAM_PACING, 'Telegram'),
      clock,
      logger: silent,
    });
    const error = await errorOf(calls.send({ chat: '5' }, text(SECRET), FINAL));
    expect(error).toMatchObject({ code: 'unreachable', retryable: true });
    expect(error.hint).toContain('not the Bot API');
    expect(allOf(error)).not.toMatch(/nobody|private text/);
  });
});

describe('whoever asked', () => {
  it('may leave while waiting for a turn', async () => {
    const { telegram, calls, run } = await openCalls();
    const target = { chat: String(telegram.person({ name: 'Ada' }).directChat().id) };
    await calls.draft(target, 1, text('Once'));
    const leaving = new AbortController();
    const draft = calls.draft(target, 1, text('Once upon'), leaving.signal);
    leaving.abort(new Error('enough'));
    await expect(run(draft)).rejects.toThrow('enough');
    expect(telegram.requests()).toHaveLength(1);
  });

  it('sees a call through that is under way: what was cut off may have arrived', async () => {
    const { telegram, calls } = await openCalls();
    const chat = telegram.person({ name: 'Ada' }).directChat();
    const leaving = new AbortController();
    const arrived = telegram.when('request');
    const sent = calls.send({ chat: String(chat.id) }, text('Hello'), { ...FINAL, signal: leaving.signal });
    await arrived;
    leaving.abort(new Error('enough'));
    expect(await sent).toBe(chat.fromBot()[0]?.id);
  });
});
