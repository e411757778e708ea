import { nameSpill } from '../models/cpu-share.ts';
import { describeBytes } from './describe-amount.ts';
import type { ModelView } from './status-view.ts';

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

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export function stateSign(state: ModelView['state']): string {
  return SIGNS[state];
}

/** A model in one line; `show` is asked for whatever others wrote: names and reasons. */
export function describeModel(
  { tag, aliases, state, reason, sizeBytes, spill, byAnother, pinned }: ModelView,
  show: (foreign: string) => string = (foreign) => foreign,
): string {
  const name = aliases.length > 0 ? `${show(tag)} (${aliases.map(show).join(', ')})` : show(tag);
  const told = [WORDS[state], reason === undefined ? '' : show(reason)].filter(Boolean).join(': ');
  const parts = [
    `${stateSign(state)} ${name}`,
    describeBytes(sizeBytes),
    told,
    spill ? nameSpill(spill) : '',
    byAnother ? 'loaded by another program' : '',
    pinned ? 'pinned' : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

/** How long an idle model stays in memory; empty where that is not known. `now`: milliseconds since 1970. */
export function describeTimeLeft({ state, expiresAt }: ModelView, now: number): string {
  // While a model answers, its time is stale: it begins anew with the end of the answer.
  if (state !== 'ready' || expiresAt === undefined) return '';
  if (expiresAt === null) return 'stays in memory';
  const left = expiresAt - now;
  if (left <= 0) return '';
  if (left < MINUTE_MS) return `${Math.ceil(left / 1_000)}\u00a0s left`;
  if (left < 2 * HOUR_MS) return `${Math.round(left / MINUTE_MS)} min left`;
  return `${Math.round(left / HOUR_MS)}\u00a0h left`;
}
