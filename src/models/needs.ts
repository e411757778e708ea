import { toFailure } from '../errors.ts';
import type { ModelOptions } from '../path/job.ts';
import type { Logger } from '../ports/logger.ts';
import type { Installed, ModelDetails, ModelServer, Resident } from '../ports/models.ts';
import type { Store } from '../ports/store.ts';
import { askWithin } from './ask-server.ts';
import { contextOf, type Need, optionOf, predictNeed } from './need.ts';

/** So many sizes of one model are remembered: with other contexts, or other numbers of slots. */
const MOST_MEASURES = 8;

/** What a model took when all of it was where it belongs; `tokens`: the context of one slot. */
type Measure = { readonly tokens: number; readonly slots: number; readonly bytes: number };

type Known = { details: ModelDetails | undefined; measures: readonly Measure[] };

/** What each model needs of the memory: measured once it was loaded as a whole, until then predicted. */
export type Needs = {
  /**
   * Takes over what is remembered of these models, and asks the server for their numbers once per digest. Never
   * throws: what cannot be had is tried again the next time.
   */
  read(models: readonly Installed[], stopped: AbortSignal): Promise<void>;
  of(model: Installed): Need;
  /**
   * Learns from what ps shows. Sizes count only where a model is on the GPU as a whole: of a partial load they are
   * another split with other buffers. Never throws.
   */
  learn(residents: readonly Resident[]): Promise<void>;
};

type Surroundings = {
  readonly store: Store;
  readonly server: Pick<ModelServer, 'show'>;
  readonly logger: Logger;
  /** Longest silence of the server for one model. */
  readonly answerLimitMs: number;
  /** What a model is loaded with. */
  readonly optionsOf: (tag: string) => ModelOptions;
  /** Answers at once that a model has room for. */
  readonly slotsOf: (tag: string) => number;
  /** Of all GPUs together; 0: there is none; undefined: not known. */
  readonly gpuBytes: () => number | undefined;
};

export function createNeeds(surroundings: Surroundings): Needs {
  const { store, server, logger, answerLimitMs, optionsOf, slotsOf, gpuBytes } = surroundings;
  const byDigest = new Map<string, Known>();
  let hasShownGpu = false;

  async function get(digest: string): Promise<Known> {
    const known = byDigest.get(digest);
    if (known) return known;
    const measures = toMeasures(await store.get(keyOf(digest)));
    // Somebody else may have been faster.
    const read = byDigest.get(digest) ?? { details: undefined, measures };
    byDigest.set(digest, read);
    return read;
  }

  /**
   * On a server without a GPU `size_vram` is 0 for every model and `size` is all that it takes. Where a GPU is known,
   * or was seen to hold a model, one that is wholly on the CPU found no room: nothing is learned from that.
   */
  function isWhole({ sizeBytes, vramBytes }: Resident): boolean {
    if (sizeBytes === 0) return false;
    const hasGpu = hasShownGpu || (gpuBytes() ?? 0) > 0;
    return vramBytes >= sizeBytes || (vramBytes === 0 && !hasGpu);
  }

  async function keep(resident: Resident): Promise<void> {
    const { tag, digest, sizeBytes, contextLength } = resident;
    const known = await get(digest);
    const tokens = contextLength ?? contextOf(known.details, optionsOf(tag), gpuBytes()).tokens;
    if (tokens === undefined) return;
    const measure = { tokens, slots: slotsOf(tag), bytes: sizeBytes };
    const before = known.measures.find((old) => isSameLoad(old, measure));
    if (before?.bytes === sizeBytes && known.measures.at(-1) === before) return;
    const kept = await store.update(keyOf(digest), (old) => withLatest(toMeasures(old), measure));
    known.measures = toMeasures(kept);
  }

  return {
    async read(models, stopped) {
      let isAway = false;
      for (const { tag, digest } of models) {
        try {
          const known = await get(digest);
          if (isAway || stopped.aborted) continue;
          known.details ??= await askWithin(answerLimitMs, stopped, (signal) => server.show(tag, signal));
        } catch (error) {
          const failure = toFailure(error);
          isAway ||= failure.code === 'unreachable';
          if (!stopped.aborted)
            logger.debug({ model: tag, ...failure }, 'the need of a model is only guessed');
        }
      }
    },

    of({ tag, digest, sizeBytes }) {
      const { details, measures = [] } = byDigest.get(digest) ?? {};
      const options = optionsOf(tag);
      const context = contextOf(details, options, gpuBytes());
      const slots = slotsOf(tag);
      // Which context is automatic is told by the last load rather than by our rule: the server may be set to another.
      const measured = measures.findLast(
        (one) => one.slots === slots && (context.isAutomatic || one.tokens === context.tokens),
      );
      const tokens = measured?.tokens ?? context.tokens;
      const batch = optionOf('num_batch', details, options);
      const predicted = predictNeed({ sizeBytes, details }, { tokens, slots, batch });
      if (!measured) return predicted;
      const { bytes } = measured;
      const reckoned = predicted.basis === 'computed' ? predicted.bytes : bytes;
      return { bytes, basis: 'measured', besideBytes: Math.max(bytes, reckoned), leastBytes: bytes };
    },

    async learn(residents) {
      hasShownGpu ||= residents.some(({ vramBytes }) => vramBytes > 0);
      for (const resident of residents.filter(isWhole)) {
        await keep(resident).catch((error: unknown) => {
          logger.warn({ model: resident.tag, ...toFailure(error) }, 'the size of a model could not be kept');
        });
      }
    },
  };
}

const keyOf = (digest: string) => `model-need:${digest}`;

function isSameLoad(one: Measure, other: Measure): boolean {
  return one.tokens === other.tokens && one.slots === other.slots;
}

/** The latest one is the last. */
function withLatest(measures: readonly Measure[], latest: Measure): readonly Measure[] {
  return [...measures.filter((old) => !isSameLoad(old, latest)), latest].slice(-MOST_MEASURES);
}

function toMeasures(value: unknown): readonly Measure[] {
  return Array.isArray(value) ? value.filter(isMeasure) : [];
}

function isMeasure(value: unknown): value is Measure {
  const { tokens, slots, bytes } = (value ?? {}) as Partial<Measure>;
  return [tokens, slots, bytes].every((count) => typeof count === 'number' && count > 0);
}
