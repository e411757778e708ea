import { setTimeout as pause } from 'node:timers/promises';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import type { Bot } from './bot.ts';

/** Longer than any lock, any retry and any start. */
const QUIET_MS = 15_000;
const SETTLES_WITHIN_MS = 5_000;

/** What is not done yet. */
export type Left = { readonly waiting: number; readonly running: number; readonly atOllama: number };

/** Resolves when nothing has happened for so long that nothing will. */
export async function quiet(lastEventAt: () => number, signal: AbortSignal, ms = QUIET_MS): Promise<void> {
  for (let left = ms; left > 0; left = lastEventAt() + ms - performance.now()) {
    await pause(left, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

/** The end of the last job is written after its outcome was told: that has no event outside. */
export async function settle({ client }: Bot, ollama: Ollama): Promise<Left> {
  const giveUpAt = performance.now() + SETTLES_WITHIN_MS;
  for (;;) {
    const { waiting, running } = await client.status();
    const left = { waiting, running, atOllama: ollama.running() + ollama.queued() };
    if (waiting + running + left.atOllama === 0 || performance.now() > giveUpAt) return left;
    await pause(10);
  }
}
