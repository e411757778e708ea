import { expect, it, onTestFinished } from 'vitest';
import { simulatedOllama } from '../../servers/ostler.ts';
import type { Chat } from '../../servers/telegram/chat.ts';
import type { ChatMessage } from '../../servers/telegram/message.ts';
import { createTelegram, type Telegram } from '../../servers/telegram/telegram.ts';
import { type HostileBot, startHostileBot } from './hostile-bot.ts';
import { greeting, hostileUpdate } from './hostile-updates.ts';

const MODEL = 'small:1b';
const FLOOD = 10_000;
/** In each flood others: it takes its time to tell them all. */
const STRANGERS = 500;
const HONEST = 10;
const QUESTIONS = 50;
const FIRST_UPDATE = 200_000_000;
const FIRST_STRANGER = 700_001;
const FIRST_HONEST = 50_001;
/** Is served, and sends nonsense all the same. */
const MALLORY = 40_001;
const MB = 1e6;
const MOST_ADDED_MB = 5;
const LONGEST_MS = 60_000;

/** An Ostler of its own process, a crowd of strangers, and a few people who have questions. */
async function open() {
  const telegram = await createTelegram({ keepRecords: 2_000 });
  onTestFinished(() => telegram.close());
  const ollama = await simulatedOllama({
    speed: 1e6,
    models: [{ tag: MODEL, sizeGb: 1 }],
    parallel: 4,
    keepRecords: 10,
    answer: ({ turns }) => `Yes: ${turns.at(-1)?.content}`,
  });
  const personOf = (id: number) => {
    const person = telegram.person({ name: `Person ${id}`, id });
    return { person, chat: person.directChat() };
  };
  const crowds = [0, 1].map((round) =>
    Array.from({ length: STRANGERS }, (_, at) => personOf(FIRST_STRANGER + round * STRANGERS + at)),
  );
  const honest = Array.from({ length: HONEST }, (_, at) => personOf(FIRST_HONEST + at));
  const mallory = personOf(MALLORY);
  const bot = await startHostileBot({
    llm: { base_url: ollama.url, parallel: 4, routing: { default: MODEL } },
    telegram: { token: telegram.token, api_url: telegram.url, streaming: 'off' },
    shutdown_seconds: 0,
    // With codes only three of them would hear more than that too many ask.
    access: { pairing: false, telegram: { users: [MALLORY, ...honest.map(({ person }) => person.id)] } },
  });
  return { telegram, bot, crowds, honest, mallory };
}

type Scene = Awaited<ReturnType<typeof open>>;

/** What the bot has not said yet. */
function awaited(telegram: Telegram, openings: readonly string[]): ReadonlySet<string> {
  const left = new Set(openings);
  const off = telegram.on((event) => {
    if (event.type === 'sent' && event.by === 'bot') left.delete(openingOf(event.message));
  });
  onTestFinished(off);
  return left;
}

const openingOf = ({ text }: ChatMessage) => text.split('\n\n🏠')[0] ?? '';
const answerTo = (question: string) => `Yes: ${question}`;
const refusalOf = (id: number) =>
  `I answer only those whom my owner has named.\n\nYour id is telegram:${id}: my owner can let you in with it.`;
const questionOf = (round: number, number: number) => `Is honest question ${round}.${number} answered?`;

/** Pushes all that is hostile, with honest questions in between, until everything is taken and answered. */
async function flood({ telegram, honest, crowds }: Scene, round: number): Promise<readonly number[]> {
  const strangers = crowds[round] ?? [];
  const questions = Array.from({ length: QUESTIONS }, (_, number) => questionOf(round, number));
  const refusals = strangers.map(({ person }) => refusalOf(person.id));
  const left = awaited(telegram, [...questions.map(answerTo), ...refusals]);
  const ids: number[] = [];
  for (let at = 0; at < FLOOD; at += 1) {
    // The numbers of honest updates follow on those that were pushed.
    const id = FIRST_UPDATE + 2 * (round * FLOOD + at);
    const source = { at, stranger: strangers[at % STRANGERS]?.person.id ?? 0, served: MALLORY };
    telegram.push(at < STRANGERS ? greeting(id, source) : hostileUpdate(id, source));
    ids.push(id);
    if (at % (FLOOD / QUESTIONS) > 0) continue;
    const number = at / (FLOOD / QUESTIONS);
    const asker = honest[number % HONEST];
    asker?.person.send(asker.chat, questionOf(round, number));
  }
  await telegram.until(() => telegram.unconfirmed().length === 0, LONGEST_MS);
  await telegram.until(() => left.size === 0, LONGEST_MS);
  return ids;
}

/** The updates that do not have exactly one line, with how many they have. */
function badlyTold({ lines }: HostileBot, ids: readonly number[]) {
  const counts = new Map<unknown, number>(ids.map((id) => [id, 0]));
  for (const { update_id: id } of lines) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].filter(([id, count]) => id !== undefined && count !== 1);
}

/** How often the bot said that in any of the chats. */
function timesSaid(chats: readonly { readonly chat: Chat }[]): ReadonlyMap<string, number> {
  const said = chats.flatMap(({ chat }) => chat.fromBot().map(openingOf));
  return new Map(
    Map.groupBy(said, (text) => text)
      .entries()
      .map(([text, all]) => [text, all.length]),
  );
}

it(
  'ten thousand hostile updates, twice, cost no honest answer, one line each, and no memory',
  async () => {
    const scene = await open();
    const { telegram, bot, honest, crowds, mallory } = scene;
    const first = await flood(scene, 0);
    const before = await bot.memory();
    const second = await flood(scene, 1);
    const after = await bot.memory();
    expect(await bot.stop()).toBe(0);

    expect(badlyTold(bot, [...first, ...second])).toEqual([]);
    expect((after - before) / MB).toBeLessThan(MOST_ADDED_MB);
    const strangers = crowds.flat();
    const refused = timesSaid(strangers);
    expect(strangers.filter(({ person }) => refused.get(refusalOf(person.id)) !== 1)).toEqual([]);
    expect([...timesSaid(honest).values()]).toEqual(Array(2 * QUESTIONS).fill(1));
    expect(mallory.chat.fromBot().length).toBeGreaterThan(0);
    expect(bot.lines.filter(({ msg }) => msg === 'answered')).toHaveLength(2 * QUESTIONS);
    const loud = bot.lines.filter(({ level }) => level === 'warn' || level === 'error');
    expect(loud.map(({ msg }) => msg)).toEqual(['the web page is off (web.enabled)']);
    const words = [telegram.token, 'honest question', 'yyyyyyyy', 'xxxxxxxx'];
    expect(bot.written.filter((line) => words.some((word) => line.includes(word)))).toEqual([]);
  },
  2 * LONGEST_MS,
);
