import type { ModelView, StatusView } from '../chat/status-view.ts';
import { canChat, type NamedModel } from '../models/catalogue.ts';
import { spillOf } from '../models/cpu-share.ts';
import type { ServerView } from '../models/server-view.ts';
import { sameTag } from '../models/tag.ts';

/** What people see of the house. `url`: Ollama's address, fit to be shown; `named`: the models with short names. */
export function statusOf(
  view: ServerView,
  { url, version, named }: { url: string; version: string; named: readonly NamedModel[] },
): StatusView {
  const { away, simulated, waiting, running } = view;
  const detail = away ? away.message : `Ollama ${view.version}`;
  const models = view.installed.filter(canChat).map((model): ModelView => {
    const inMemory = view.models.find(({ tag }) => tag === model.tag);
    const reason = inMemory ? undefined : view.failed.get(model.tag);
    const spill = inMemory && spillOf(inMemory, view.models, view.gpuTotalBytes);
    return {
      tag: model.tag,
      aliases: named.filter(({ tag }) => tag === model.tag).map(({ alias }) => alias),
      state: stateOf(inMemory, reason),
      ...(reason !== undefined && { reason }),
      sizeBytes: model.sizeBytes,
      ...(spill && { spill }),
      ...(inMemory?.byAnother && { byAnother: true }),
      ...(view.pinned.some((tag) => sameTag(tag, model.tag)) && { pinned: true }),
      ...(inMemory?.expiresAt !== undefined && { expiresAt: inMemory.expiresAt }),
      capabilities: model.capabilities ?? [],
    };
  });
  return {
    version,
    simulated,
    ollama: { url, reachable: !away, detail },
    waiting,
    running,
    models: sorted(models, view.usedAt),
  };
}

function stateOf(
  inMemory: ServerView['models'][number] | undefined,
  failure: string | undefined,
): ModelView['state'] {
  if (inMemory === undefined) return failure === undefined ? 'not_loaded' : 'failed';
  if (inMemory.state !== 'ready') return inMemory.state;
  return inMemory.running > 0 ? 'in_use' : 'ready';
}

/** In memory, on the way there, the others. */
const RANKS: Readonly<Record<ModelView['state'], number>> = {
  in_use: 0,
  ready: 1,
  unloading: 2,
  loading: 3,
  failed: 4,
  not_loaded: 4,
};

/** Of equals, first the one that was asked last. */
function sorted(models: readonly ModelView[], usedAt: ServerView['usedAt']): readonly ModelView[] {
  const usedOf = ({ tag }: ModelView) => usedAt.get(tag) ?? Number.NEGATIVE_INFINITY;
  const byUse = (one: ModelView, other: ModelView) =>
    usedOf(one) === usedOf(other) ? 0 : usedOf(other) - usedOf(one);
  return models.toSorted(
    (one, other) =>
      RANKS[one.state] - RANKS[other.state] || byUse(one, other) || one.tag.localeCompare(other.tag),
  );
}
