import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { type TroubledBot, troubledBot, untilItPolls } from './troubled-bot.ts';

const REFUSED = /updates cannot be taken now/;
const TAKEN = /updates are taken again/;

/** Nothing can be written any more, as on a full disk; what was written can be read. Returns what ends it. */
function breakStorage({ ostler }: TroubledBot): () => void {
  const database = new DatabaseSync(join(ostler.config.data_dir, 'ostler.db'));
  database.exec('BEGIN IMMEDIATE');
  const mend = () => {
    if (database.isOpen) database.close();
  };
  onTestFinished(mend);
  return mend;
}

it('a question that cannot be kept is not confirmed, comes again, and is answered once', async () => {
  const bot = await troubledBot();
  const { telegram, ada, chat, answer, asked, lines, logged } = bot;
  await untilItPolls(bot);
  const mend = breakStorage(bot);
  ada.send(chat, 'Who keeps this for me?');
  await logged(REFUSED);
  expect(telegram.unconfirmed()).toHaveLength(1);
  expect([asked(), chat.fromBot()]).toEqual([[], []]);
  mend();
  await answer(chat, 'Who keeps this for me?');
  await telegram.until(() => telegram.unconfirmed().length === 0);
  expect(chat.fromBot()).toHaveLength(1);
  expect(asked()).toHaveLength(1);
  expect([lines(REFUSED), lines(TAKEN)].map((some) => some.map(({ level }) => level))).toEqual([
    ['warn'],
    ['info'],
  ]);
});

it('a chat keeps its order, and commands and strangers wait in the same way', async () => {
  const bot = await troubledBot();
  const { telegram, ada, ben, chat, answer, said, asked, lines, logged } = bot;
  const eve = telegram.person({ name: 'Eve', id: 66_001 });
  const bens = ben.directChat();
  await untilItPolls(bot);
  const mend = breakStorage(bot);
  for (const text of [
    'What is the first question?',
    '/model llama3:8b-instruct-q4_K_M',
    'What is the second question?',
  ]) {
    ada.send(chat, text);
  }
  ben.send(bens, '/help');
  eve.send(eve.directChat(), 'What does a stranger want?');
  await logged(REFUSED);
  expect(telegram.unconfirmed()).toHaveLength(5);
  mend();
  await answer(chat, 'What is the second question?');
  await said(eve.directChat(), ({ text }) => text.includes('Your code is'));
  await said(bens, ({ text }) => text.includes('/stop'));
  await telegram.until(() => telegram.unconfirmed().length === 0);
  expect(asked()).toEqual(['What is the first question?', 'What is the second question?']);
  const models = chat.fromBot().flatMap(({ text }) => /🏠 (\S+)/.exec(text)?.[1] ?? []);
  expect(models).toEqual(['qwen2.5:7b', 'llama3:8b-instruct-q4_K_M']);
  expect(eve.directChat().fromBot()).toHaveLength(1);
  expect(lines(/not served/)).toHaveLength(1);
  expect(
    lines(/command was given/)
      .map(({ command }) => command)
      .toSorted(),
  ).toEqual(['help', 'model']);
});

it('an answer that cannot be kept is not asked for again, and arrives once', async () => {
  const bot = await troubledBot();
  const { ollama, ada, chat, answer, asked, logged } = bot;
  const hold = ollama.hold({ at: 'generation' });
  ada.send(chat, 'Who keeps the answer?');
  await hold.reached;
  const mend = breakStorage(bot);
  hold.release();
  await logged(/could not be kept or delivered/);
  mend();
  await answer(chat, 'Who keeps the answer?');
  expect(chat.fromBot()).toHaveLength(1);
  expect(asked()).toEqual(['Who keeps the answer?']);
});
