import { expect, it } from 'vitest';
import { ADA } from '../../servers/telegram-bot.ts';
import { ODD_TEXTS } from './hostile-updates.ts';
import { troubledBot } from './troubled-bot.ts';

const FIRST_UPDATE = 300_000_000;
const FIRST_PERSON = 60_001;
const ENTITIES = 10_000;

const entities = Array.from({ length: ENTITIES }, (_, at) => ({ type: 'mention', offset: at, length: 1 }));
const ODD_QUESTIONS = [
  ...ODD_TEXTS.map((text) => ({ text })),
  { text: 'x'.repeat(9_000) },
  { text: 'Many entities', entities },
  { text: '/model', entities: [{ type: 'bot_command', offset: 2 ** 40, length: 2 ** 40 }] },
  { text: 'A quote', reply_to_message: { text: '\ud800'.repeat(5_000), from: { id: -1 } } },
];

it('whatever somebody who is served writes is a question, is answered, and holds up nobody', async () => {
  const ids = ODD_QUESTIONS.map((_, at) => FIRST_PERSON + at);
  const { telegram, ada, chat, answer, asked, said, lines } = await troubledBot({
    config: { access: { telegram: { users: [...ids, ADA] } } },
  });
  for (const [at, question] of ODD_QUESTIONS.entries()) {
    const id = FIRST_PERSON + at;
    const person = { id, is_bot: false, first_name: '\u202e\ud83d', last_name: '__proto__' };
    const place = { date: 1_700_000_000, from: person, chat: { id, type: 'private' } };
    telegram.person({ name: 'Somebody', id }).directChat();
    telegram.push({ update_id: FIRST_UPDATE + at, message: { message_id: 900, ...place, ...question } });
  }
  ada.send(chat, 'Is anybody held up?');
  await answer(chat, 'Is anybody held up?');
  await telegram.until(() => asked().length === ODD_QUESTIONS.length + 1);
  for (const { text } of ODD_QUESTIONS) {
    expect(asked().filter((one) => one.endsWith(text))).toHaveLength(1);
  }
  for (const id of ids) {
    const person = telegram.person({ name: 'Somebody', id });
    await said(person.directChat(), ({ text }) => /🏠|refuses to show it/.test(text));
  }
  await telegram.until(() => telegram.unconfirmed().length === 0);
  expect(lines(/skipped|cannot be taken|not answered/)).toEqual([]);
  expect(lines(/^answered$/)).toHaveLength(ODD_QUESTIONS.length + 1);
});
