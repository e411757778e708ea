import { bypassOf, lifeOf, wishOf } from '../cache/cacheable.ts';
import {
  type Bypass,
  type Counts,
  countBypass,
  countHit,
  countMiss,
  type Unkept,
} from '../cache/counters.ts';
import type { CacheEntry } from '../cache/entry.ts';
import type { ResponseCache } from '../cache/response-cache.ts';
import type { Answer, Outcome } from '../chat/exchange.ts';
import { toFailure } from '../errors.ts';
import type { Grant } from '../models/grant.ts';
import type { OwnTemperature } from '../models/own-temperature.ts';
import type { Recall } from '../models/recalling.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { OpenReply } from '../ports/reply.ts';
import type { FindKey } from './find-key.ts';
import type { Flights } from './flights.ts';
import type { Job, ModelOptions } from './job.ts';
import { answerFrom, entryOf } from './kept-answer.ts';
import { optionsOf, type Prepare, type Prepared } from './prepare.ts';
import { provenanceOf } from './provenance.ts';
import type { Snapshot } from './snapshot.ts';

type Needs = {
  readonly cache: ResponseCache;
  readonly counts: Counts;
  readonly findKey: FindKey;
  readonly flights: Flights;
  readonly prepare: Prepare;
  readonly ownTemperature: OwnTemperature;
  readonly openReply: OpenReply;
  readonly snapshot: () => Snapshot;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** What the way of a message asks of the cache. */
export type Recalling = {
  readonly look: Recall;
  /**
   * A model is about to be asked exactly this. Returns what to do with its answer: it is kept where it may be, and
   * given to whoever waits for the same; who waits for what it was before is let go. What is cleared or forgotten from
   * then on does not come back with it, and what a fresh answer was asked instead of is given no more. Tells why an
   * answer is not kept. Never throws.
   */
  reserve(job: Job, grant: Grant, prepared: Prepared): Promise<(answer: Answer) => Unkept | undefined>;
  /** See ResponseCache. Nor is anybody given what is being made for this key. */
  drop(key: string): Promise<boolean>;
};

type Named = NonNullable<Awaited<ReturnType<FindKey>>>;

/** Where neither the config nor the model says: as Ollama does. */
const DEFAULT_TEMPERATURE = 0.8;

export function createRecall(needs: Needs): Recalling {
  const { cache, counts, findKey, flights, prepare, ownTemperature, openReply } = needs;
  const { snapshot, clock, logger } = needs;

  const wishFor = ({ message, route }: Job) => wishOf(message.cache, route.cache);

  /** Why the answer may be neither given again nor kept; undefined: it may. */
  async function whyNot(grant: Grant, options: ModelOptions): Promise<ReturnType<typeof bypassOf>> {
    const { enabled, temperature_max } = snapshot().cache;
    const { temperature = (await ownTemperature(grant)) ?? DEFAULT_TEMPERATURE, seed } = options;
    return bypassOf({
      enabled,
      temperatureMax: temperature_max,
      temperature: Number(temperature),
      hasSeed: seed !== undefined,
      isKnownModel: grant.digest !== '',
    });
  }

  async function recall(job: Job, presumed: Grant, signal: AbortSignal): ReturnType<typeof ask> {
    // What is passed by anyhow is not assembled twice.
    const why = await whyNot(presumed, optionsOf(job, presumed, snapshot().settings));
    return why ? passBy(why) : ask(job, presumed, signal);
  }

  async function ask(job: Job, grant: Grant, signal: AbortSignal): Promise<Outcome | 'anew' | undefined> {
    const began = clock.now();
    const named = await findKey(job, grant, await prepare(job, grant));
    if (named === undefined) return passBy('no_key');
    const { key } = named;
    const given = (entry: CacheEntry) => give(entry, job, grant, (clock.now() - began) / 1_000);
    const found = signal.aborted ? undefined : await cache.find(key);
    if (found) {
      countHit(counts);
      return given(found.entry);
    }
    if (signal.aborted) return undefined;
    if (flights.lead(key, job.id)) {
      signal.addEventListener('abort', () => flights.leave(job.id), { once: true });
      countMiss(counts, cache.whyMissed(key));
      return undefined;
    }
    openReply(job).progress({ stage: 'generating', model: grant.model });
    const entry = await flights.follow(key, signal);
    if (signal.aborted) return undefined;
    // By now another key may be the right one.
    if (!entry) return 'anew';
    counts.shared += 1;
    countHit(counts);
    return given(entry);
  }

  function give(entry: CacheEntry, job: Job, grant: Grant, lookedSeconds: number): Outcome {
    // Who waited while a model wrote it for another one saved that much less.
    counts.savedSeconds += Math.max(0, entry.seconds - lookedSeconds);
    counts.savedTokens += entry.promptTokens + entry.tokens;
    const at = clock.wall();
    const seconds = (at - job.enqueuedAt) / 1_000;
    const waitSeconds = Math.max(0, seconds - lookedSeconds);
    const provenance = provenanceOf(job.route, grant);
    return { kind: 'answer', answer: answerFrom(entry, { at, provenance, seconds, waitSeconds }) };
  }

  function passBy(why: Bypass): undefined {
    countBypass(counts, why);
  }

  /** Under which key its answer is kept, or why it is not. */
  async function nameFor(job: Job, grant: Grant, prepared: Prepared): Promise<Named | Unkept> {
    try {
      const why = await whyNot(grant, prepared.request.options);
      return why ?? (await findKey(job, grant, prepared)) ?? 'no_key';
    } catch (error) {
      logger.debug({ ...toFailure(error) }, 'an answer will not be kept');
      return 'failed';
    }
  }

  /** Who asks from now on is not given what was begun before either. */
  function drop(key: string): Promise<boolean> {
    flights.close(key);
    return cache.drop(key);
  }

  /** Undefined: as long as usual. In milliseconds. */
  function lifeFor({ message, route }: Job, { scope }: Named): number | undefined {
    const seconds = lifeOf({
      asked: message.cache?.ttlSeconds,
      byRule: route.cache?.ttlSeconds,
      usual: snapshot().cache.l2.ttl,
      // Who sits at the terminal is the operator.
      isOwn: scope.kind === 'user' || message.address.platform === 'terminal',
    });
    return seconds === undefined ? undefined : seconds * 1_000;
  }

  return {
    drop,

    look(job, presumed, signal) {
      const { read = true } = wishFor(job);
      if (!snapshot().cache.enabled) return passBy('off');
      if (!read) return passBy(job.message.cache?.read === false ? 'refresh' : 'rule');
      return recall(job, presumed, signal).catch((error: unknown) => {
        logger.debug({ job: job.id, ...toFailure(error) }, 'the cache was not asked');
        return undefined;
      });
    },

    async reserve(job, grant, prepared) {
      const named = await nameFor(job, grant, prepared);
      if (typeof named === 'string') {
        flights.begin(job.id, undefined);
        return () => named;
      }
      const { read = true, keep = true } = wishFor(job);
      if (keep && !read) void drop(named.key);
      flights.begin(job.id, named.key);
      const kept = cache.reserve(named.key);
      return (answer) => {
        const entry = entryOf(answer, clock.wall());
        flights.land(job.id, entry);
        // What its person wants kept by nobody needs no reason.
        if (!keep) return job.route.cache?.keep === false ? 'rule' : undefined;
        if (!entry) return 'cut_off';
        return void kept(entry, lifeFor(job, named), named.owners);
      };
    },
  };
}
