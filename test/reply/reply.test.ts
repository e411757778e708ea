import { expect, it } from 'vitest';
import { TELEGRAM } from '../../adapters/telegram/platform.ts';
import type { Exchange } from '../../src/chat/exchange.ts';
import type { Content, Messages } from '../../src/reply/messages.ts';
import { createReply } from '../../src/reply/reply.ts';
import { logBook } from '../adapters/telegram/log-book.ts';
import { turnOfLoop } from '../adapters/telegram/open-calls.ts';
import { fakeClock } from '../fakes/clock.ts';
import { jobOf } from '../fakes/job.ts';
import { fakeStore } from '../fakes/store.ts';

const MODEL = 'qwen2.5:7b';
const GENERATING = { stage: 'generating', model: MODEL } as const;

/** A reply whose calls wait for their turn, and then for their answer, until the test gives them that. */
function openReply() {
  const clock = fakeClock();
  const waiting: (() => void)[] = [];
  const underWay: (() => void)[] = [];
  const seen: string[] = [];
  let messages = 0;
  let labels: readonly string[] = [];
  const inTurn = async (
    what: string,
    content: Content | (() => Content),
    signal: AbortSignal | undefined,
  ) => {
    await new Promise<void>((resolve, reject) => {
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener('abort', () => reject(signal.reason));
      waiting.push(resolve);
    });
    seen.push(`${what} ${(typeof content === 'function' ? content() : content).visible}`);
    await new Promise<void>((resolve) => underWay.push(resolve));
  };
  const own: Messages = {
    async send(_, content, { signal, buttons }) {
      await inTurn('send', content, signal);
      labels = buttons?.flat().map(({ text }) => text) ?? [];
      messages += 1;
      return messages;
    },
    async edit(_, message, content, { signal, buttons }) {
      await inTurn(`edit ${message}`, content, signal);
      labels = buttons?.flat().map(({ text }) => text) ?? [];
      return 'edited';
    },
    setButtons: async () => 'edited',
    remove: async (_, message) => void seen.push(`remove ${message}`),
    typing: async () => void seen.push('typing'),
  };
  const { logger } = logBook();
  const reply = createReply(jobOf(1), {
    messages: own,
    platform: TELEGRAM,
    store: fakeStore(),
    clock,
    logger,
    grows: true,
  });
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await turnOfLoop();
  };
  return {
    reply,
    seen,
    /** Of the buttons of what was shown last. */
    labels: () => labels,
    /** Lets time pass, and what that leads to happen. */
    async pass(ms: number) {
      clock.advance(ms);
      await settle();
    },
    /** The call that waited longest goes out. */
    async goOut() {
      waiting.shift()?.();
      await settle();
    },
    /** The call that is under way is answered. */
    async arrive() {
      underWay.shift()?.();
      await settle();
    },
  };
}

const stopped: Exchange = {
  kind: 'exchange',
  question: { text: 'Hello', images: [], person: { id: 'p' }, sentAt: 0, standalone: false },
  outcome: { kind: 'cancelled', text: '' },
  takenAt: 0,
  at: 0,
};

const QUEUED = { stage: 'queued', waitsFor: 'turn', ahead: 1 } as const;

it('what is waited for is told as it is when its turn comes', async () => {
  const { reply, seen, pass, goOut } = openReply();
  reply.progress(QUEUED);
  await pass(3_000);
  reply.progress(GENERATING);
  await goOut();
  expect(seen).toEqual(['typing', `send ⏳ ${MODEL} is reading the question`]);
});

it('a load is told with its bar, and not more often than every five seconds', async () => {
  const { reply, seen, pass, goOut, arrive } = openReply();
  const estimate = { aboutSeconds: 35, upToSeconds: 50, basis: 'measured' } as const;
  for (let forSeconds = 0; forSeconds < 60; forSeconds += 1) {
    const share = Math.min(0.9, forSeconds / 40);
    reply.progress({ stage: 'loading', model: MODEL, forSeconds, estimate, share });
    await pass(1_000);
    await goOut();
    await arrive();
  }
  const shown = seen.filter((one) => one !== 'typing').map((one) => one.replaceAll('\u00a0', ' '));
  expect(shown[0]).toBe(`send ⏳ Loading ${MODEL}: about 33 s left (usually 35 s) ░░░░░`);
  expect(shown.at(-1)).toMatch(/^edit 1 ⏳ Loading .*: longer than usual, \d\d s so far ▓▓▓▓░$/);
  expect(shown.length).toBeLessThanOrEqual(1 + 60 / 5);
});

it('a question that begins anew while its turn comes is told nothing that holds no longer', async () => {
  const { reply, seen, pass, goOut } = openReply();
  reply.progress(GENERATING);
  await pass(3_000);
  reply.restart();
  await goOut();
  expect(seen).toEqual(['typing']);
  reply.progress({ stage: 'queued', waitsFor: 'retry', ahead: 0 });
  await pass(3_000);
  await goOut();
  expect(seen).toContain('send ⏳ That failed; trying again in a moment');
});

it('a text that begins anew stays to be seen until more is known', async () => {
  const { reply, seen, pass, goOut, arrive } = openReply();
  reply.progress(GENERATING);
  reply.text('Words enough to be shown.');
  await pass(0);
  await goOut();
  await arrive();
  reply.restart();
  for (let second = 0; second < 60; second += 1) {
    await pass(1_000);
    await goOut();
  }
  expect(seen.filter((one) => one !== 'typing')).toEqual(['send Words enough to be shown.']);
});

it('a text that looks as it did is not sent again', async () => {
  const { reply, seen, pass, goOut, arrive } = openReply();
  reply.text('Words enough to be shown.');
  await pass(0);
  await goOut();
  reply.text('\n\n');
  await arrive();
  await goOut();
  reply.text('More.');
  await pass(0);
  await goOut();
  expect(seen.filter((one) => one !== 'typing')).toEqual([
    'send Words enough to be shown.',
    'edit 1 Words enough to be shown.\n\nMore.',
  ]);
});

it('once it was left, nothing more is shown; what is under way is noted, and the outcome takes its place', async () => {
  const { reply, seen, pass, goOut, arrive } = openReply();
  reply.progress(QUEUED);
  await pass(3_000);
  await goOut();
  reply.progress(GENERATING);
  const left = reply.leave();
  await arrive();
  await left;
  await pass(60_000);
  await goOut();
  expect(seen).toEqual(['typing', 'send ⏳ 1 question ahead']);
  const finished = reply.finish({ ...stopped, at: 60_000 }, 'cursor');
  await pass(0);
  await goOut();
  await arrive();
  await finished;
  expect(seen.slice(2).map((one) => one.trim())).toEqual([
    expect.stringMatching(/^send\s+⏹ Stopped\.$/),
    'remove 1',
  ]);
});

it('what waits for its turn when it is left is given up', async () => {
  const { reply, seen, pass, goOut } = openReply();
  reply.progress(QUEUED);
  await pass(3_000);
  await reply.leave();
  await goOut();
  expect(seen).toEqual(['typing']);
});

it('a question to its person is shown at once, while nobody types, and gives way to what follows at once', async () => {
  const { reply, seen, labels, pass, goOut, arrive } = openReply();
  const asks = { id: 'q1', unloads: ['llama3:8b'], needBytes: 18e9, aboutSeconds: 24, resident: 'llama3:8b' };
  reply.progress({ stage: 'checking_memory', model: MODEL, asks });
  await pass(0);
  await goOut();
  await arrive();
  expect(seen).toEqual([`send ❓ ${MODEL} needs 18.0 GB and will unload llama3:8b (about 24\u00a0s)`]);
  expect(labels()).toEqual(['Switch', 'Answer with llama3:8b', 'Cancel']);
  await pass(10_000);
  expect(seen).toHaveLength(1);
  const more = { ...asks, id: 'q2', unloads: ['llama3:8b', 'llama3:1b'] };
  for (const asked of [asks, more]) {
    reply.progress({ stage: 'checking_memory', model: MODEL, asks: asked });
    await pass(0);
    await goOut();
    await arrive();
  }
  expect(seen.at(-1)).toContain('will unload llama3:8b and llama3:1b');
  reply.progress({ stage: 'unloading', model: MODEL, unloading: ['llama3:8b'], share: 0 });
  await pass(0);
  await goOut();
  await arrive();
  expect(seen.at(-1)).toBe(`edit 1 ⏳ Unloading llama3:8b → then loading ${MODEL}`);
  expect(labels()).toEqual(['⏹ Stop']);
});
