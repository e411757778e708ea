import { loadavg } from 'node:os';
import { BadOption, joinReports, type Report, type RunBench } from './bench.ts';
import { makeTrace } from './scheduler/families.ts';
import { ollama } from './scheduler/ollama.ts';
import { ostler } from './scheduler/ostler.ts';
import { type Played, playBot, playKeepAlive, playSimulated, playStraight } from './swaps/arms.ts';
import { compare, judgeHang } from './swaps/compare.ts';
import type { Setting } from './swaps/machine.ts';
import { memoryPlan } from './swaps/memory-plan.ts';

const FAMILIES = ['T1', 'T5', 'T8-70'] as const;
/**
 * Of all twenty the one whose simulated results hang least on fractions of a second: p95 and swaps of both policies move
 * by at most 13 % where up to 0.8 s are added to each load and 0.3 s to each answer. With others a question that comes a
 * moment too late for a visit may turn the whole evening into another one.
 */
const SEED = 14;
/** Of each trace, in simulated time; and how many times as fast that passes. */
const SECONDS = 1_200;
const SPEED = 20;
type Shape = { readonly seconds?: number; readonly speed?: number };
/** Everything is loaded and compiled before it is measured. */
const REHEARSAL = { seconds: 300, speed: 200 };
const HANG = { family: FAMILIES[0], keepAlive: '30m', limitSeconds: 300 } as const;

/** The first minutes of simulated traffic in real time: through the whole bot, and straight to the same Ollama. */
export const run: RunBench = async (values, say) => {
  const seed = Number(values.seed ?? SEED);
  if (!Number.isSafeInteger(seed)) throw new BadOption('--seed takes a whole number.');
  const settingOf = (family: string, more?: Shape) => makeSetting(family, seed, more);
  const rehearsal = settingOf(FAMILIES[0], REHEARSAL);
  await Promise.all([playBot(rehearsal, say), playStraight(rehearsal)]);
  const bots: Played[] = [];
  // One after the other and nothing beside them, for they are what is measured.
  for (const family of FAMILIES) {
    say(`${family} through Ostler, ${SECONDS / SPEED} s and what is left`);
    bots.push(await playBot(settingOf(family), say));
  }
  const load = { name: 'load of this machine meanwhile', figure: loadavg()[0] ?? 0, unit: 'processes' };
  say(
    `All of them straight to Ollama; and ${HANG.family} with keep_alive: ${HANG.keepAlive} on every question`,
  );
  const [hungSeconds, ...straight] = await Promise.all([
    playKeepAlive(settingOf(HANG.family), HANG),
    ...FAMILIES.map((family) => playStraight(settingOf(family))),
  ]);
  const reports = FAMILIES.map((family, at): Report => {
    const [through, past] = [bots[at], straight[at]];
    if (!through || !past) throw new Error(`${family} was not played.`);
    const { trace } = settingOf(family);
    const simulated = { ostler: playSimulated(trace, ostler), ollama: playSimulated(trace, ollama) };
    return compare(family, { ostler: through, ollama: past, simulated });
  });
  return joinReports([...reports, judgeHang(HANG, hungSeconds), { targets: [], figures: [load] }]);
};

function makeSetting(
  family: string,
  seed: number,
  { seconds = SECONDS, speed = SPEED }: Shape = {},
): Setting {
  const whole = makeTrace(family, seed);
  const trace = { ...whole, requests: whole.requests.filter(({ atSeconds }) => atSeconds < seconds) };
  return { trace, plan: memoryPlan(family, trace), speed };
}
