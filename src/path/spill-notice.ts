import { describeLoadedSpill, spillOf } from '../models/cpu-share.ts';
import type { ServerView } from '../models/server-view.ts';

type Needs = { readonly view: () => Pick<ServerView, 'models' | 'gpuTotalBytes'> };

/** Tells why a model that answers is slow, and what to do: once for each of its loads, undefined after that. */
export type SpillNotice = (model: string) => string | undefined;

export function createSpillNotice({ view }: Needs): SpillNotice {
  /** By model: when the load began to answer of which it was told. */
  const told = new Map<string, number>();

  return (model) => {
    const { models, gpuTotalBytes } = view();
    const loaded = models.find(({ tag }) => tag === model);
    const spill = loaded && spillOf(loaded, models, gpuTotalBytes);
    if (!spill || told.get(model) === loaded.readyAt) return undefined;
    told.set(model, loaded.readyAt);
    const { message, hint } = describeLoadedSpill(model, spill);
    return `${message} ${hint}`;
  };
}
