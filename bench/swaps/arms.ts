import type { Ollama } from '../../demo/ollama/ollama.ts';
import type { OpenPolicy } from '../scheduler/policy.ts';
import { simulate } from '../scheduler/simulate.ts';
import type { Trace } from '../scheduler/trace.ts';
import { quantile } from '../statistics.ts';
import { openBot } from './bot.ts';
import { openMachine, type Setting } from './machine.ts';
import { play } from './play.ts';
import { askStraight } from './straight.ts';
import { type Seen, watch } from './watch.ts';

/** How the questions of a trace fared; seconds are simulated ones. */
export type Outcome = {
  readonly swaps: number;
  /** Until the first token. */
  readonly p95WaitSeconds: number;
  readonly meanWaitSeconds: number;
};

/** The same in real time, and what was seen at Ollama. */
export type Played = Outcome & Seen;

/** Through the whole bot. */
export function playBot(setting: Setting, say: (line: string) => void): Promise<Played> {
  return onMachine(setting, async (ollama) => {
    const bot = await openBot(setting, ollama, say);
    try {
      return await play(setting, bot);
    } finally {
      await bot.close();
    }
  });
}

/** Straight to Ollama, without a keep_alive. */
export function playStraight(setting: Setting): Promise<Played> {
  return onMachine(setting, ({ url }) => play(setting, askStraight(url)));
}

/**
 * Straight to Ollama with a keep_alive on every question, until nothing was loaded for so many simulated seconds
 * although somebody waits for a load, or everybody is answered. Resolves to the longest such time.
 */
export async function playKeepAlive(
  setting: Setting,
  { keepAlive, limitSeconds }: { readonly keepAlive: string; readonly limitSeconds: number },
): Promise<number> {
  const ollama = await openMachine(setting);
  const given = new AbortController();
  const { seen, stop } = watch(ollama, setting.speed, (seconds) => seconds >= limitSeconds && given.abort());
  const { signal } = given;
  try {
    await play(setting, askStraight(ollama.url, { keep_alive: keepAlive, signal }), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stop();
    await ollama.close();
  }
  return seen().standstillSeconds;
}

/** In no time at all. */
export function playSimulated(trace: Trace, policy: OpenPolicy): Outcome {
  const { answered, loads } = simulate(trace, policy);
  const waits = answered.map(({ askedAt, firstTokenAt }) => (firstTokenAt - askedAt) / 1_000);
  return { swaps: loads.length, ...waitsOf(waits) };
}

async function onMachine(
  setting: Setting,
  playOn: (ollama: Ollama) => Promise<readonly number[]>,
): Promise<Played> {
  const ollama = await openMachine(setting);
  const { seen, stop } = watch(ollama, setting.speed);
  try {
    const waits = await playOn(ollama);
    return { ...waitsOf(waits), ...seen() };
  } finally {
    stop();
    await ollama.close();
  }
}

function waitsOf(waits: readonly number[]): Omit<Outcome, 'swaps'> {
  const meanWaitSeconds = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  return { p95WaitSeconds: quantile(waits, 0.95), meanWaitSeconds };
}
