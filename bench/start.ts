import { setTimeout as pause } from 'node:timers/promises';
import { createOllama } from '../demo/ollama/ollama.ts';
import { makeHome, startBot } from '../test/kill/bot.ts';
import { atMost, type Report } from './bench.ts';
import { median } from './statistics.ts';

const STARTS = 9;
const LIMIT_SECONDS = 1.2;
const POLL_MS = 3;
const GIVE_UP_MS = 20_000;

/** From the spawn of the process to its first answer on the control socket, on a folder with data. */
export async function measureStart(say: (line: string) => void): Promise<Report> {
  say(`start: ${STARTS} times`);
  const ollama = await createOllama();
  const home = await makeHome({ llm: { base_url: ollama.url } });
  const seconds: number[] = [];
  try {
    for (let start = 0; start < STARTS; start += 1) {
      const began = performance.now();
      const bot = startBot(home);
      await untilServes(bot.client);
      seconds.push((performance.now() - began) / 1_000);
      await bot.stop();
    }
  } finally {
    await ollama.close();
    await home.remove();
  }
  return {
    targets: [atMost('start to serving, median', median(seconds), 's', LIMIT_SECONDS)],
    figures: [{ name: 'start to serving, slowest', figure: Math.max(...seconds), unit: 's' }],
  };
}

async function untilServes(client: { status(): Promise<unknown> }): Promise<void> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (;;) {
    try {
      await client.status();
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await pause(POLL_MS);
    }
  }
}
