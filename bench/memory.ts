import { fileURLToPath } from 'node:url';
import { atMost, type Report } from './bench.ts';
import { createChatter, openDesk } from './desk.ts';
import { slope } from './statistics.ts';

const PRELOAD = fileURLToPath(new URL('./measure-memory.ts', import.meta.url));
const SAMPLES = 20;
/** So many chats speak at once. */
const AT_ONCE = 20;
/** A chat falls silent and another one begins after so many questions. */
const PER_CHAT = 25;
const LIMIT_MB = 150;
const LIMIT_SLOPE_PERCENT = 2;
const MB = 1e6;

type Usage = { readonly rss: number; readonly heapUsed: number; readonly before: number };

/** RSS after a forced collection, over so many messages: its size, and how it grows over the last half. */
export async function measureMemory(messages: number, say: (line: string) => void): Promise<Report> {
  const desk = await openDesk({ preload: PRELOAD });
  const chatter = createChatter(desk.bot);
  const usages: Usage[] = [];
  let asked = 0;
  let busyMs = 0;

  /** One person after another, in chats that are left when they fall silent. */
  async function talk(seat: number, until: number): Promise<void> {
    for (let guest = 0; asked < until; guest += 1) {
      const chat = `chat-${usages.length}-${seat}-${guest}`;
      for (let question = 0; question < PER_CHAT && asked < until; question += 1) {
        asked += 1;
        await chatter.ask(chat, `Question ${asked}: what is the time, and why is it so late?`);
      }
      chatter.leave(chat);
    }
  }

  try {
    for (let sample = 1; sample <= SAMPLES; sample += 1) {
      const until = Math.round((messages * sample) / SAMPLES);
      const began = performance.now();
      await Promise.all(Array.from({ length: AT_ONCE }, (_, seat) => talk(seat, until)));
      busyMs += performance.now() - began;
      const usage = (await desk.bot.ask('memory')) as Usage;
      usages.push(usage);
      say(`memory: ${asked} messages, RSS ${megabytes(usage.rss)}, heap ${megabytes(usage.heapUsed)}`);
    }
  } finally {
    await desk.close();
  }
  const lastHalf = usages.slice(-SAMPLES / 2).map(({ rss }) => rss);
  const heap = usages.slice(-SAMPLES / 2).map(({ heapUsed }) => heapUsed);
  const largest = Math.max(...usages.map(({ rss }) => rss));
  return {
    targets: [
      atMost(`memory over ${messages} messages`, largest / MB, 'MB', LIMIT_MB),
      atMost('growth over the last half', slope(lastHalf) * 100, '%', LIMIT_SLOPE_PERCENT),
    ],
    figures: [
      {
        name: 'memory before the collections, largest',
        figure: Math.max(...usages.map(({ before }) => before)) / MB,
        unit: 'MB',
      },
      { name: 'growth of the heap over the last half', figure: slope(heap) * 100, unit: '%' },
      {
        name: 'messages per second, to the end of their answers',
        figure: asked / (busyMs / 1_000),
        unit: '',
      },
    ],
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
