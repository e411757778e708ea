import { expect, it } from 'vitest';
import { TELEGRAM } from '../../../adapters/telegram/platform.ts';
import type { Exchange } from '../../../src/chat/exchange.ts';
import { OstlerError } from '../../../src/errors.ts';
import type { Store } from '../../../src/ports/store.ts';
import type { Messages } from '../../../src/reply/messages.ts';
import { createReply } from '../../../src/reply/reply.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { jobOf } from '../../fakes/job.ts';
import { fakeStore } from '../../fakes/store.ts';
import { telegramBot, turnsOf } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const OFF = { config: { telegram: { streaming: 'off' } } };
const REFUSED = { status: 400, description: 'Bad Request: SOMETHING_NEW' };
const NOT_SHOWN = '⚠️ There is an answer, but Telegram refuses to show it.';
const FAILED: Exchange = {
  kind: 'exchange',
  question: { text: 'Why?', images: [], person: { id: '1' }, sentAt: 0, standalone: false },
  outcome: { kind: 'failure', failure: { code: 'expired', message: 'Too late.' } },
  takenAt: 0,
  at: 0,
};
const quiet = () => undefined;
const LOGGER = { debug: quiet, info: quiet, warn: quiet, error: quiet };
/** Everything that was begun has gone as far as it can. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A reply whose messages go nowhere. */
function replyOn(store: Store, send: () => Promise<number>) {
  const messages: Messages = {
    typing: async () => {},
    send,
    edit: async () => 'edited',
    setButtons: async () => 'edited',
    remove: async () => {},
  };
  const clock = fakeClock();
  const around = {
    messages,
    platform: TELEGRAM,
    store,
    clock,
    logger: LOGGER,
    grows: true,
  };
  return { clock, reply: createReply(jobOf(1), around) };
}

it('a question that was cut is one question, also where somebody else asks in between', async () => {
  const { telegram, ollama, ada, ben } = await telegramBot();
  const group = telegram.group({ title: 'Readers', members: [ben, ada] });
  const beginning = 'x'.repeat(4_050);
  ada.send(group, `@ostler_bot ${beginning}`);
  ben.send(group, '@ostler_bot Mine?');
  ada.send(group, 'the end');
  await telegram.until(() => turnsOf(ollama).length === 2);
  const asked = turnsOf(ollama).map((turns) => turns.at(-1)?.content);
  expect(asked).toEqual([`Ada: ${beginning}\nthe end`, 'Ben: Mine?']);
});

it('an answer is whole also where its card cannot be removed', async () => {
  const { pass, passUntil, telegram, ollama, ada, chat } = await hurriedBot();
  const load = ollama.hold({ at: 'load' });
  ada.send(chat, 'Hello');
  await load.reached;
  await pass(30_000);
  telegram.fault({ method: 'deleteMessage', kind: REFUSED, times: 9 });
  load.release();
  await passUntil(() => chat.fromBot().some(({ text }) => text.includes('🏠')));
  await pass(10_000);
  expect(chat.fromBot().map(({ text }) => text)).not.toContain(NOT_SHOWN);
});

it('where Telegram refuses an answer, no card goes on waiting for it', async () => {
  const { pass, passUntil, telegram, ollama, ada, chat } = await hurriedBot(OFF);
  const load = ollama.hold({ at: 'load' });
  ada.send(chat, 'Hello');
  await load.reached;
  await pass(30_000);
  telegram.fault({ method: 'sendMessage', kind: REFUSED });
  load.release();
  await passUntil(() => chat.fromBot().some(({ text }) => text === NOT_SHOWN));
  await pass(10_000);
  expect(chat.fromBot().map(({ text }) => text)).toEqual([NOT_SHOWN]);
});

it('who cannot be told of a refused answer at once gets it, or is told, later', async () => {
  const { pass, telegram, ada, chat } = await hurriedBot(OFF);
  telegram.fault({ method: 'sendMessage', kind: REFUSED });
  telegram.fault({ method: 'sendMessage', kind: 'not-json' });
  ada.send(chat, 'Hello');
  await telegram.until(() => telegram.requests({ method: 'sendMessage' }).length === 2);
  await pass(30_000);
  expect(chat.fromBot()).toHaveLength(1);
});

it('a pause that Telegram asks for is one line in the log', async () => {
  const { passUntil, telegram, ada, chat, ostler } = await hurriedBot(OFF);
  const kind = { status: 429, description: 'Too Many Requests', parameters: { retry_after: 120 } };
  telegram.fault({ method: 'sendMessage', kind });
  ada.send(chat, 'Hello');
  await passUntil(() => chat.fromBot().some(({ text }) => text.includes('🏠')));
  expect(ostler.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
});

it('a message that was sent and could not be noted is not sent again', async () => {
  const store = fakeStore();
  let sets = 0;
  const failing: Store = {
    ...store,
    async set(...given) {
      sets += 1;
      if (sets === 2) throw new OstlerError('The disk is full.', { code: 'storage' });
      return store.set(...given);
    },
  };
  let sent = 0;
  const { reply } = replyOn(failing, async () => (sent += 1));
  await expect(reply.finish(FAILED, '1')).rejects.toMatchObject({ code: 'storage' });
  await reply.finish(FAILED, '1');
  expect(sent).toBe(1);
});

it('a text that grows while Telegram wants a pause is not tried with each of its words', async () => {
  let tried = 0;
  const { clock, reply } = replyOn(fakeStore(), async () => {
    tried += 1;
    throw new OstlerError('Telegram asks for a pause.', { code: 'busy', retryable: true });
  });
  for (let word = 0; word < 50; word += 1) {
    reply.text('more and more words ');
    await turn();
  }
  expect(tried).toBe(1);
  clock.advance(3_000);
  await turn();
  expect(tried).toBe(2);
});
