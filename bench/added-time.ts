import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { socketCall } from '../adapters/terminal/client.ts';
import type { Ollama } from '../demo/ollama/ollama.ts';
import { atMost, joinReports, type Report } from './bench.ts';
import { createChatter, MODEL, openDesk } from './desk.ts';
import { median, p99 } from './statistics.ts';

const CHATS = 20;
const WARM_UP = 40;
const BUSY_PAIRS = 400;
/** After such a pause what the bot knows of Ollama is too old, and it asks before it sends. */
const IDLE_MS = 1_250;
const IDLE_PAIRS = 25;
const P50_MS = 10;
const P99_MS = 40;

/** Asks; resolves with the milliseconds until the question reached Ollama, once it was answered. */
type Ask = (text: string) => Promise<number>;

/**
 * What Ostler adds: the control is a bare script with the same `ollama` package. It is a process of its own
 * behind a socket of its own, because every bot is: so both pay for one hop into another process, and what is
 * left is the durable queue, routing, history and scheduling. Both are asked in turn, so that a busy moment
 * of the machine meets both, and the difference of each pair counts.
 */
export async function measureAddedTime(say: (line: string) => void): Promise<Report> {
  const desk = await openDesk();
  const chatter = createChatter(desk.bot);
  const bare = await startBare(join(dirname(desk.home.socket), 'bare.sock'), desk.ollama.url);
  let asked = 0;
  const ostler = timed(desk.ollama, (text) => {
    asked += 1;
    return chatter.ask(`chat-${asked % CHATS}`, text);
  });
  const control = timed(desk.ollama, bare.ask);
  try {
    await measurePairs({ ostler, control, count: WARM_UP, idleMs: 0 });
    say(`added time: ${BUSY_PAIRS} pairs without a pause`);
    const busy = await measurePairs({ ostler, control, count: BUSY_PAIRS, idleMs: 0 });
    say(`added time: ${IDLE_PAIRS} pairs after ${IDLE_MS} ms of quiet`);
    const idle = await measurePairs({ ostler, control, count: IDLE_PAIRS, idleMs: IDLE_MS });
    return joinReports([toReport('busy', busy), toReport('after a pause', idle)]);
  } finally {
    bare.close();
    await desk.close();
  }
}

type Pair = { readonly ostlerMs: number; readonly controlMs: number };
type Pairs = { readonly ostler: Ask; readonly control: Ask; readonly count: number; readonly idleMs: number };

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
  const of = (which: keyof Pair) => median(pairs.map((pair) => pair[which]));
  return {
    targets: [
      atMost(`added time, ${name}, p50`, median(added), 'ms', P50_MS),
      atMost(`added time, ${name}, p99`, p99(added), 'ms', P99_MS),
    ],
    figures: [
      { name: `first request, ${name}, Ostler, p50`, figure: of('ostlerMs'), unit: 'ms' },
      { name: `first request, ${name}, bare script, p50`, figure: of('controlMs'), unit: 'ms' },
    ],
  };
}

/** From the moment of asking until the question has reached Ollama. */
function timed(ollama: Ollama, ask: (text: string) => Promise<unknown>): Ask {
  return async (text) => {
    const arrived = ollama.when(
      'request',
      ({ request: { path, body } }) => path === '/api/chat' && lastTurn(body) === text,
    );
    const began = performance.now();
    const [{ atMs }] = await Promise.all([arrived, ask(text)]);
    return atMs - began;
  };
}

function lastTurn(body: unknown): string | undefined {
  return (body as { messages?: readonly { content: string }[] }).messages?.at(-1)?.content;
}

async function startBare(socket: string, url: string) {
  const script = fileURLToPath(new URL('./bare.child.ts', import.meta.url));
  const child = fork(script, [socket, url, MODEL], { execArgv: [] });
  await once(child, 'message');
  const { call, close } = socketCall(socket);
  return {
    async ask(text: string): Promise<void> {
      const answered = once(child, 'message');
      await (await call('/', { method: 'POST', body: text })).json();
      await answered;
    },
    close() {
      child.kill();
      void close();
    },
  };
}
