import { describeBytes } from './describe-amount.ts';
import type { ModelView } from './front.ts';

const SIGNS: Readonly<Record<ModelView['state'], string>> = {
  not_loaded: '⚪',
  loading: '🔵',
  ready: '🟢',
  in_use: '🟢',
  unloading: '🟡',
  failed: '🔴',
};
/** A model at rest needs no word. */
const WORDS: Readonly<Record<ModelView['state'], string>> = {
  not_loaded: '',
  loading: 'loading',
  ready: 'ready',
  in_use: 'in use',
  unloading: 'unloading',
  failed: 'failed',
};

export function stateSign(state: ModelView['state']): string {
  return SIGNS[state];
}

/** A model in one line; `show` is asked for whatever others wrote: names and reasons. */
export function describeModel(
  { tag, aliases, state, reason, sizeBytes }: ModelView,
  show: (foreign: string) => string = (foreign) => foreign,
): string {
  const name = aliases.length > 0 ? `${show(tag)} (${aliases.map(show).join(', ')})` : show(tag);
  const told = [WORDS[state], reason === undefined ? '' : show(reason)].filter(Boolean).join(': ');
  return [`${stateSign(state)} ${name}`, describeBytes(sizeBytes), told].filter(Boolean).join(' · ');
}
