import { CHATS, measureAddedTime } from './added-time.ts';
import { joinReports, type Report } from './bench.ts';
import { askInTurn, openTelegramDesk, startBareBot } from './telegram-desk.ts';
import { measureRate, PEOPLE } from './telegram-rate.ts';

/** Enough that nobody waits for Ollama. */
const PARALLEL = 64;

/**
 * From an update at Telegram on. The control is a grammY bot as it comes, which asks Ollama itself: a process
 * of its own on a Telegram of its own. Both hold a poll when they are asked.
 */
export async function measureTelegramTime(say: (line: string) => void): Promise<Report> {
  const desk = await openTelegramDesk(PEOPLE, PARALLEL);
  const bare = await startBareBot(CHATS, desk.ollama.url);
  try {
    const subject = {
      name: 'Telegram, added time',
      ollama: desk.ollama,
      ostler: askInTurn(desk.crowd, CHATS),
      control: askInTurn(bare.crowd, CHATS),
    };
    const { report, controlMs } = await measureAddedTime(subject, say);
    const rate = await measureRate({ desk, controlMs, parallel: PARALLEL }, say);
    return joinReports([report, rate]);
  } finally {
    await bare.close();
    // Nobody waits for the answers to the last messages.
    desk.bot.kill();
    await desk.close();
  }
}
