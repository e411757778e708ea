import type { Keeps } from './schedule/state.ts';

/** A model that may not make room for another one. `byConfiguration`: nobody but the configuration pins it. */
export type Keeper = {
  readonly tag: string;
  readonly keeps: Keeps;
  readonly byConfiguration?: true;
};

/** What to do so that it may go. */
function letGo({ tag, keeps, byConfiguration }: Keeper): string {
  if (keeps === 'preserved') return `take ${tag} from llm.memory.preserve_models`;
  return byConfiguration
    ? `take pinned: true from ${tag} under llm.models`
    : `unpin ${tag} with /pin ${tag} off`;
}

/** The same for any of several models, or something else, as one sentence. */
export function letOneGo(keepers: readonly Keeper[], ...orElse: readonly string[]): string {
  const ways = [...keepers.map(letGo), ...orElse].join(', or ');
  return `${ways.charAt(0).toUpperCase()}${ways.slice(1)}.`;
}
