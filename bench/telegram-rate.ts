import { setTimeout as pause } from 'node:timers/promises';
import { questionIn } from './added-time.ts';
import { atMost, type Report } from './bench.ts';
import { median, p99 } from './statistics.ts';
import { isAnswer, type TelegramDesk } from './telegram-desk.ts';

/** Messages a second; the first that is too much ends it. */
const RATES = [40, 80, 160, 320, 640];
const STEP_SECONDS = 3;
/** So many people: no message waits for an earlier one of its chat. */
export const PEOPLE = Math.max(...RATES) * STEP_SECONDS;
const P99_MS = 50;
const ARRIVAL_MS = 30_000;
/** At 25 answers a second, and as long again. */
const DELIVERY_MS = (2 * PEOPLE * 1_000) / 25;

type Load = {
  readonly desk: TelegramDesk;
  /** From the update to the first request, of a bare bot that does nothing else. */
  readonly controlMs: number;
  /** Answers at once, of the bot and of its Ollama. */
  readonly parallel: number;
};

/** What became of the messages of one rate. */
type Step = {
  readonly rate: number;
  /** What Ostler added: the p99 of each second, and of these the one in the middle. */
  readonly addedMs: number;
  /** Messages that reached Ollama never or more than once. */
  readonly faults: number;
  /** Questions at Ollama at the same time. */
  readonly mostAtOnce: number;
};

/**
 * How many messages a second reach Ollama in good time. They come when they are due, however long those before
 * them take. A moment in which the machine is busy with something else spoils one second of a rate, not the rate.
 * Between two rates everything is delivered: fewer answers a second go to Telegram than questions
 * come from there, and only the questions are measured.
 */
export async function measureRate(load: Load, say: (line: string) => void): Promise<Report> {
  const { telegram } = load.desk.crowd;
  const steps: Step[] = [];
  let offered = 0;
  let answered = 0;
  const off = telegram.on((event) => {
    if (event.type === 'sent' && isAnswer(event.message)) answered += 1;
  });
  for (const rate of RATES) {
    await telegram.until(() => answered === offered, DELIVERY_MS);
    const step = await offer(load, rate);
    offered += rate * STEP_SECONDS;
    steps.push(step);
    say(`Telegram: ${rate} messages/s, added time p99 ${step.addedMs.toFixed(1)} ms`);
    if (step.addedMs > P99_MS) break;
  }
  off();
  return toReport(steps, load.parallel);
}

async function offer({ desk, controlMs }: Load, rate: number): Promise<Step> {
  const { crowd, ollama } = desk;
  const count = rate * STEP_SECONDS;
  const dueAt = new Map<string, number>();
  const tookMs = new Map<string, number>();
  let again = 0;
  let mostAtOnce = 0;
  const off = ollama.on((event) => {
    if (event.type !== 'request') return;
    const question = questionIn(event.request);
    const due = dueAt.get(question ?? '');
    if (question === undefined || due === undefined) return;
    if (tookMs.has(question)) again += 1;
    else tookMs.set(question, event.atMs - due);
    mostAtOnce = Math.max(mostAtOnce, ollama.open());
  });
  const began = performance.now();
  for (const [index, { person, chat }] of crowd.writers.slice(0, count).entries()) {
    const due = began + (index * 1_000) / rate;
    const question = `Question ${index} at ${rate} a second`;
    await pause(Math.max(0, due - performance.now()));
    dueAt.set(question, due);
    person.send(chat, question);
  }
  await ollama.until(() => tookMs.size === count, ARRIVAL_MS).catch(() => undefined);
  off();
  const missing = count - tookMs.size;
  const seconds = Map.groupBy(tookMs, ([question]) =>
    Math.floor(((dueAt.get(question) ?? 0) - began) / 1_000),
  );
  const tails = [...seconds.values()].map((second) => p99(second.map(([, ms]) => ms)));
  return { rate, addedMs: median(tails) - controlMs, faults: missing + again, mostAtOnce };
}

function toReport(steps: readonly Step[], parallel: number): Report {
  const good = steps.filter(({ addedMs }) => addedMs <= P99_MS);
  const faults = steps.reduce((sum, step) => sum + step.faults, 0);
  const mostAtOnce = Math.max(0, ...good.map((step) => step.mostAtOnce));
  return {
    targets: [
      atMost('Telegram, many messages: those that reached Ollama never or more than once', faults, '', 0),
      // Otherwise it is Ollama that was waited for.
      atMost('Telegram, many messages: questions at Ollama at the same time', mostAtOnce, '', parallel - 1),
    ],
    figures: [
      {
        name: `Telegram, messages a second while the added time’s p99 is at most ${P99_MS} ms`,
        figure: good.at(-1)?.rate ?? 0,
        unit: '',
      },
      ...steps.slice(-2).map(({ rate, addedMs }) => ({
        name: `Telegram, added time, ${rate} messages a second, p99`,
        figure: addedMs,
        unit: 'ms',
      })),
    ],
  };
}
