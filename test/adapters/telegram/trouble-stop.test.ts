import { expect, it } from 'vitest';
import { troubledBot } from './troubled-bot.ts';

const MODEL = 'small:1b';
const CROWD = 50;
const FIRST_ID = 60_001;
const ids = Array.from({ length: CROWD }, (_, at) => FIRST_ID + at);

it('/stop is heard within one poll while fifty answers stream, and stops one of them only', async () => {
  const { telegram, ollama, lines } = await troubledBot({
    ollama: {
      models: [{ tag: MODEL, sizeGb: 1 }],
      parallel: CROWD,
      answer: ({ turns }) => `You said: ${turns.at(-1)?.content}. ${'And so on, and so forth. '.repeat(20)}`,
    },
    llm: { parallel: CROWD, routing: { default: MODEL } },
    config: { access: { telegram: { users: ids } } },
  });
  const people = ids.map((id) => {
    const person = telegram.person({ name: `Person ${id}`, id });
    return { person, chat: person.directChat(), text: `What is asked by person ${id}?` };
  });
  const holds = people.map(() => ollama.hold({ at: 'generation', afterTokens: 20 }));
  for (const { person, chat, text } of people) person.send(chat, text);
  await Promise.all(holds.map(({ reached }) => reached));
  await telegram.until(() => telegram.unconfirmed().length === 0);
  expect(ollama.running()).toBe(CROWD);

  const seen: string[] = [];
  telegram.on((event) => {
    if (event.type === 'update' || event.type === 'poll-ended') seen.push(event.type);
  });
  const aborted = new Promise<unknown>((resolve) => {
    ollama.on((event) => {
      if (event.type !== 'abort') return;
      seen.push('abort');
      resolve(event.request.body);
    });
  });
  const stopper = people[17];
  if (!stopper) throw new Error('There are fifty.');
  stopper.person.send(stopper.chat, '/stop');
  expect(JSON.stringify(await aborted)).toContain(stopper.text);
  const polls = seen
    .slice(seen.indexOf('update'), seen.indexOf('abort'))
    .filter((type) => type === 'poll-ended');
  expect(polls.length).toBeLessThanOrEqual(1);

  for (const hold of holds) hold.release();
  const others = people.filter((one) => one !== stopper);
  const isWhole = ({ chat, text }: (typeof people)[number]) =>
    chat
      .fromBot()
      .some((message) => message.text.startsWith(`You said: ${text}`) && message.text.includes('🏠'));
  await telegram.until(() => others.every(isWhole), 25_000);
  expect(isWhole(stopper)).toBe(false);
  expect(seen.filter((type) => type === 'abort')).toHaveLength(1);
  expect(lines(/^stopped$/)).toEqual([expect.objectContaining({ chat: String(stopper.chat.id) })]);
});
