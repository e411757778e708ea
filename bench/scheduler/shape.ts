import type { Random } from '../../demo/ollama/seeded.ts';
import type { TraceModel } from './trace.ts';

const PREFILL_SECONDS = 0.5;
/** How much lengths of answers differ, in means. */
const SPREAD = 0.7;
const LEAST_TOKENS = 20;

/** A model of a family: its answers' mean length, and their standard deviation in means. */
export type FamilyModel = {
  readonly model: TraceModel;
  readonly meanTokens: number;
  readonly spread: number;
};

/** What a family's model is made of: the rest is the same for all. */
export function familyModel(
  model: Omit<TraceModel, 'prefillSeconds' | 'parallel'> & { readonly parallel?: number },
  meanTokens: number,
  spread = SPREAD,
): FamilyModel {
  return { model: { parallel: 1, ...model, prefillSeconds: PREFILL_SECONDS }, meanTokens, spread };
}

export function meanSeconds({ model, meanTokens }: FamilyModel): number {
  return model.prefillSeconds + meanTokens / model.tokensPerSecond;
}

/** Time between two events that come at random, in units of one over their rate. */
export const exponential = (random: Random): number => -Math.log(1 - random());

export function logNormal(random: Random, mean: number, spread: number): number {
  const variance = Math.log(1 + spread * spread);
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return mean * Math.exp(Math.sqrt(variance) * normal - variance / 2);
}

/** An index, each as often as its weight says. */
export function pick(random: Random, weights: readonly number[]): number {
  return indexAt(random() * sum(weights), weights);
}

export function indexAt(position: number, weights: readonly number[]): number {
  let left = position;
  const found = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return found < 0 ? weights.length - 1 : found;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

export function answerTokens(random: Random, { meanTokens, spread }: FamilyModel, most: number): number {
  return Math.min(most, Math.max(LEAST_TOKENS, logNormal(random, meanTokens, spread)));
}
