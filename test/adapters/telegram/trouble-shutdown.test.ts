import { Api } from 'grammy';
import { describe, expect, it } from 'vitest';
import { isAnswer } from '../../servers/telegram-bot.ts';
import { troubledBot, untilItPolls } from './troubled-bot.ts';

const QUESTIONS = [
  'What is the first question?',
  'What is the second question?',
  'What is the third question?',
];
const LATER = ['What came in between?', 'What else came in between?'];

it('what was taken before the end is answered after the next start, and what came in between, each once', async () => {
  const bot = await troubledBot();
  const { telegram, ollama, ada, ben, chat, answer } = bot;
  const other = ben.directChat();
  const hold = ollama.hold({ at: 'generation', afterTokens: 1 });
  for (const text of QUESTIONS) ada.send(chat, text);
  await hold.reached;
  await telegram.until(() => telegram.unconfirmed().length === 0);
  await bot.ostler.close();
  expect(chat.fromBot().filter(({ text }) => text.includes('🏠'))).toEqual([]);
  for (const text of LATER) ben.send(other, text);
  const [waiting] = telegram.unconfirmed();
  expect(telegram.unconfirmed()).toHaveLength(2);

  await bot.reopen();
  for (const text of QUESTIONS) await answer(chat, text);
  for (const text of LATER) await answer(other, text);
  await telegram.until(() => telegram.unconfirmed().length === 0);
  await untilItPolls(bot);
  expect(waiting).toMatchObject({ message: { text: LATER[0] } });
  const answers = [chat, other].map((one) => one.fromBot().map(({ text }) => text.split('\n')[0]));
  expect(answers).toEqual([
    QUESTIONS.map((text) => `You said: ${text}`),
    LATER.map((text) => `You said: ${text}`),
  ]);
});

it('the last update is confirmed at the end, so that nobody is asked for it again', async () => {
  const bot = await troubledBot();
  const { telegram, ollama, ada, chat } = bot;
  await untilItPolls(bot);
  // The poll that would confirm it never arrives.
  const hold = ollama.hold({ at: 'generation' });
  telegram.fault({ method: 'getUpdates', kind: 'hang' });
  ada.send(chat, 'Who remembers this?');
  await hold.reached;
  expect(telegram.unconfirmed()).toHaveLength(1);
  await bot.ostler.close();
  expect(telegram.unconfirmed()).toEqual([]);
  expect(telegram.requests({ method: 'getUpdates' }).at(-1)).toMatchObject({
    status: 200,
    parameters: { timeout: 0, limit: 1 },
  });
});

it('where even that does not arrive, the update comes again and is known', async () => {
  const bot = await troubledBot();
  const { telegram, ollama, ada, chat, answer, asked } = bot;
  await untilItPolls(bot);
  const hold = ollama.hold({ at: 'generation' });
  telegram.fault({ method: 'getUpdates', kind: 'drop-before', times: 2 });
  ada.send(chat, 'Who remembers this?');
  await hold.reached;
  await bot.ostler.close();
  expect(telegram.unconfirmed()).toHaveLength(1);
  hold.release();
  const before = asked().length;
  await bot.reopen();
  await answer(chat, 'Who remembers this?');
  ada.send(chat, 'And who this?');
  await answer(chat, 'And who this?');
  await telegram.until(() => telegram.unconfirmed().length === 0);
  expect(chat.fromBot().filter((message) => isAnswer(message, 'Who remembers this?'))).toHaveLength(1);
  expect(asked().slice(before)).toEqual(['Who remembers this?', 'And who this?']);
});

it('an answer that is under way when everything ends is finished by the next start in the same message', async () => {
  const bot = await troubledBot({
    ollama: { answer: () => `${'Some words of an answer. '.repeat(20)}\n\nThe end.`, speed: 1_000 },
  });
  const { telegram, ollama, ada, chat, said } = bot;
  const hold = ollama.hold({ at: 'generation', afterTokens: 30 });
  ada.send(chat, 'What grows here?');
  const growing = await said(chat, ({ text }) => text.includes('Some words'));
  await hold.reached;
  await bot.reopen();
  const whole = await said(chat, ({ text }) => text.includes('🏠'));
  await telegram.until(() => telegram.unconfirmed().length === 0);
  expect(whole.id).toBe(growing.id);
  expect(chat.fromBot()).toHaveLength(1);
});

/** Much less than what hangs would be waited for, much more than the end takes. */
const SOON_MS = 10_000;

describe('a Telegram that does not answer', () => {
  it(
    'a message that is under way holds up the end for a moment only, and the answer comes after the next start',
    async () => {
      const bot = await troubledBot({ config: { telegram: { streaming: 'off' } } });
      const { telegram, ada, chat, answer, asked } = bot;
      telegram.fault({ method: 'sendMessage', kind: 'hang' });
      const sent = telegram.when('request', ({ request }) => request.method === 'sendMessage');
      ada.send(chat, 'Will this hang for long?');
      await sent;
      await bot.reopen();
      await answer(chat, 'Will this hang for long?');
      expect(chat.fromBot()).toHaveLength(1);
      expect(asked()).toEqual(['Will this hang for long?']);
    },
    SOON_MS,
  );

  it.each(['getMe', 'getMyCommands', 'setMyCommands', 'getUpdates', 'setWebhook'])(
    'to %s does not hold up the end',
    async (method) => {
      const bot = await troubledBot();
      const { telegram } = bot;
      await untilItPolls(bot);
      await bot.ostler.close();
      await new Api(telegram.token, { apiRoot: telegram.url }).deleteMyCommands();
      telegram.fault({ method, kind: 'hang', times: 5 });
      const begun = telegram.when('request', ({ request }) => request.method === method);
      const webhook = { url: 'http://127.0.0.1:1/', secret: 'x', host: '127.0.0.1', port: 0 };
      const section = { token: telegram.token, api_url: telegram.url };
      await bot.reopen({ telegram: method === 'setWebhook' ? { ...section, webhook } : section });
      await begun;
      await bot.ostler.close();
      expect(telegram.requests({ method }).at(-1)?.status).toBe(499);
    },
    SOON_MS,
  );
});
