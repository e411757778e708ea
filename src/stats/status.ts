import type { ModelView, StatusView } from '../chat/status-view.ts';
import { canChat, type NamedModel } from '../models/catalogue.ts';
import { cpuShare } from '../models/cpu-share.ts';
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
    const reason = view.failed.get(model.tag);
    const onCpu = inMemory ? cpuShare(inMemory, view.models, view.gpuTotalBytes) : 0;
    return {
      tag: model.tag,
      aliases: named.filter(({ tag }) => tag === model.tag).map(({ alias }) => alias),
      state: stateOf(inMemory, reason),
      ...(reason !== undefined && { reason }),
      sizeBytes: model.sizeBytes,
      ...(onCpu > 0 && { cpuShare: onCpu }),
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
    models: sorted(models),
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

const STATE_ORDER: readonly ModelView['state'][] = [
  'in_use',
  'ready',
  'unloading',
  'loading',
  'failed',
  'not_loaded',
];

function sorted(models: readonly ModelView[]): readonly ModelView[] {
  const rank = (model: ModelView) => STATE_ORDER.indexOf(model.state);
  return models.toSorted((one, other) => rank(one) - rank(other) || one.tag.localeCompare(other.tag));
}
