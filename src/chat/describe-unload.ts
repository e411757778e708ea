import { describeAbout, describeGigabytes } from './describe-amount.ts';
import type { UnloadQuestion } from './progress.ts';

/** What a load would take, and from whom. Plain text, no sentence's end. */
export function describeUnload(
  model: string,
  { unloads, needBytes, aboutSeconds }: Omit<UnloadQuestion, 'id' | 'resident'>,
): string {
  const needs = needBytes > 0 ? `needs ${describeGigabytes(needBytes)} and ` : '';
  const about = aboutSeconds > 0 ? ` (about ${describeAbout(aboutSeconds)})` : '';
  return `${model} ${needs}will unload ${listed(unloads)}${about}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' and ');
}
