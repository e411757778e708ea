import { atMost, type Report } from './bench.ts';
import { openDesk } from './desk.ts';
import type { QueueKind } from './open-queue.ts';
import { median } from './statistics.ts';

const TIMES = 20;
const LIMIT_MS = 100;

/** From a person's stop on the control socket until Ollama sees that its request has gone. */
export async function measureCancel(kind: QueueKind, redisUrl?: string): Promise<Report> {
  const { ollama, bot, close } = await openDesk(redisUrl === undefined ? {} : { redisUrl });
  const ms: number[] = [];
  try {
    for (let time = 0; time < TIMES; time += 1) {
      const chat = `chat-${time}`;
      const held = ollama.hold({ at: 'generation', afterTokens: 2 });
      const receipt = await bot.client.send(chat, {
        id: chat,
        text: 'Go on.',
        images: [],
        standalone: false,
      });
      if (receipt.kind !== 'taken') throw new Error(`The question was ${receipt.kind}.`);
      await held.reached;
      const aborted = ollama.when('abort', ({ request }) => request.path === '/api/chat');
      const began = performance.now();
      const stopped = bot.client.stop(chat, receipt.job);
      ms.push((await aborted).atMs - began);
      await stopped;
      held.release();
    }
  } finally {
    await close();
  }
  return {
    targets: [
      atMost(`${kind}: stop to aborted at Ollama, slowest of ${TIMES}`, Math.max(...ms), 'ms', LIMIT_MS),
    ],
    figures: [{ name: `${kind}: stop to aborted at Ollama, median`, figure: median(ms), unit: 'ms' }],
  };
}
