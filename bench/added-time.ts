import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReceivedRequest } from '../demo/ollama/events.ts';
import type { Ollama } from '../demo/ollama/ollama.ts';
import { atMost, joinReports, type Report } from './bench.ts';
import { median, p99 } from './statistics.ts';

/** So many chats are talked in, one after the other. */
export const CHATS = 20;
const WARM_UP = 40;
const BUSY_PAIRS = 400;
/** After such a pause what the bot knows of Ollama is too old, and it asks before it sends. */
const IDLE_MS = 1_250;
const IDLE_PAIRS = 25;
const P50_MS = 10;
const P99_MS = 40;

/** Asks; resolves once the question was answered. */
type Ask = (text: string) => Promise<unknown>;
/** The milliseconds until the question reached Ollama, once it was answered. */
type TimedAsk = (text: string) => Promise<number>;

export type Subject = {
  readonly name: string;
  /** Both ask it. */
  readonly ollama: Ollama;
  readonly ostler: Ask;
  readonly control: Ask;
};

export type AddedTime = {
  readonly report: Report;
  /** The control's median while busy. */
  readonly controlMs: number;
};

/**
 * What Ostler adds to a control that does the least. Both are asked in turn, so that a busy moment of the
 * machine meets both, and the difference of each pair counts.
 */
export async function measureAddedTime(subject: Subject, say: (line: string) => void): Promise<AddedTime> {
  const { name, ollama } = subject;
  const ostler = timed(ollama, subject.ostler);
  const control = timed(ollama, subject.control);
  await measurePairs({ ostler, control, count: WARM_UP, idleMs: 0 });
  say(`${name}: ${BUSY_PAIRS} pairs without a pause`);
  const busy = await measurePairs({ ostler, control, count: BUSY_PAIRS, idleMs: 0 });
  say(`${name}: ${IDLE_PAIRS} pairs after ${IDLE_MS} ms of quiet`);
  const idle = await measurePairs({ ostler, control, count: IDLE_PAIRS, idleMs: IDLE_MS });
  return {
    report: joinReports([toReport(`${name}, busy`, busy), toReport(`${name}, after a pause`, idle)]),
    controlMs: medianOf(busy, 'controlMs'),
  };
}

/** What a request to Ollama asks the model, if it asks anything. */
export function questionIn({ path, body }: ReceivedRequest): string | undefined {
  if (path !== '/api/chat') return undefined;
  return (body as { messages?: readonly { content: string }[] }).messages?.at(-1)?.content;
}

type Pair = { readonly ostlerMs: number; readonly controlMs: number };
type Pairs = {
  readonly ostler: TimedAsk;
  readonly control: TimedAsk;
  readonly count: number;
  readonly idleMs: number;
};

async function measurePairs({ ostler, control, count, idleMs }: Pairs): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let number = 0; number < count; number += 1) {
    if (idleMs > 0) await pause(idleMs);
    const text = randomUUID();
    // Each goes first as often as the other.
    const early = number % 2 === 0 ? await control(`bare ${text}`) : undefined;
    const ostlerMs = await ostler(text);
    pairs.push({ ostlerMs, controlMs: early ?? (await control(`bare ${text}`)) });
  }
  return pairs;
}

function toReport(name: string, pairs: readonly Pair[]): Report {
  const added = pairs.map(({ ostlerMs, controlMs }) => ostlerMs - controlMs);
  return {
    targets: [
      atMost(`${name}, p50`, median(added), 'ms', P50_MS),
      atMost(`${name}, p99`, p99(added), 'ms', P99_MS),
    ],
    figures: [
      {
        name: `${name}: until the first request, Ostler, p50`,
        figure: medianOf(pairs, 'ostlerMs'),
        unit: 'ms',
      },
      {
        name: `${name}: until the first request, control, p50`,
        figure: medianOf(pairs, 'controlMs'),
        unit: 'ms',
      },
    ],
  };
}

function medianOf(pairs: readonly Pair[], which: keyof Pair): number {
  return median(pairs.map((pair) => pair[which]));
}

/** From the moment of asking until the question has reached Ollama. */
function timed(ollama: Ollama, ask: Ask): TimedAsk {
  return async (text) => {
    const arrived = ollama.when('request', ({ request }) => questionIn(request) === text);
    const began = performance.now();
    const [{ atMs }] = await Promise.all([arrived, ask(text)]);
    return atMs - began;
  };
}
