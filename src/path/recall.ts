import { bypassOf, wishOf } from '../cache/cacheable.ts';
import type { Bypass, Counts } from '../cache/counters.ts';
import { type CacheEntry, makeEntry } from '../cache/entry.ts';
import { type Epochs, EVERYTHING, epochOfChat, epochOfPerson } from '../cache/epochs.ts';
import type { KeyOf, Scope } from '../cache/key.ts';
import type { ResponseCache } from '../cache/response-cache.ts';
import type { Conversations } from '../chat/conversations.ts';
import type { Answer, Outcome } from '../chat/exchange.ts';
import { toFailure } from '../errors.ts';
import type { Grant } from '../models/grant.ts';
import type { OwnTemperature } from '../models/own-temperature.ts';
import type { Recall } from '../models/recalling.ts';
import type { Clock } from '../ports/clock.ts';
import type { GenerateRequest } from '../ports/generate.ts';
import type { Logger } from '../ports/logger.ts';
import type { OpenReply } from '../ports/reply.ts';
import type { Flights } from './flights.ts';
import type { Job, ModelOptions } from './job.ts';
import { optionsOf, type Prepare } from './prepare.ts';
import { provenanceOf } from './provenance.ts';
import type { Snapshot } from './snapshot.ts';

type Needs = {
  readonly cache: ResponseCache;
  readonly counts: Counts;
  readonly epochs: Epochs;
  readonly keyOf: KeyOf;
  readonly flights: Flights;
  readonly prepare: Prepare;
  readonly conversations: Pick<Conversations, 'systemPrompt'>;
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
   * A model is about to be asked. Returns what to do with its answer: it is kept where it may be, and given to whoever
   * waits for the same. What is cleared or forgotten from then on does not come back with it. Never throws.
   */
  reserve(job: Job, grant: Grant, request: GenerateRequest): Promise<(answer: Answer) => void>;
};

/** Where neither the config nor the model says: as Ollama does. */
const DEFAULT_TEMPERATURE = 0.8;

export function createRecall(needs: Needs): Recalling {
  const { cache, counts, epochs, keyOf, flights, prepare, ownTemperature, openReply } = needs;
  const { snapshot, clock, logger, conversations } = needs;

  const wishFor = ({ message, route }: Job) => wishOf(message.cache, route.cache);

  /** Why the answer may be neither given again nor kept; undefined: it may. */
  async function whyNot(grant: Grant, options: ModelOptions): Promise<Bypass | undefined> {
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

  /** Undefined: what is asked has no key. */
  async function keyFor(job: Job, grant: Grant, request: GenerateRequest): Promise<string | undefined> {
    const { scope } = snapshot().cache;
    const meant = await scopeOf(job, scope);
    const { address, person } = job.message;
    return keyOf({
      digest: grant.digest,
      request,
      scope: meant,
      epochs: await epochs.of([
        EVERYTHING,
        ...(meant.kind === 'shared' ? [] : [epochOfPerson(address, person.id), epochOfChat(address)]),
      ]),
    });
  }

  async function keyToKeep(job: Job, grant: Grant, request: GenerateRequest): Promise<string | undefined> {
    return (await whyNot(grant, request.options)) ? undefined : keyFor(job, grant, request);
  }

  /** Everybody shares only what says nothing of a chat; what somebody was told in a group stays there. */
  async function scopeOf({ message, route, conversation }: Job, scope: Scope['kind']): Promise<Scope> {
    const { platform, chat } = message.address;
    if (scope === 'chat') return { kind: 'chat', id: `${platform}:${chat}` };
    const isBare = route.standalone && (await conversations.systemPrompt(conversation)) === null;
    if (scope === 'shared' && isBare) return { kind: 'shared', id: '' };
    const where = message.kind === 'direct' ? '' : ` in ${chat}`;
    return { kind: 'user', id: `${platform}:${message.person.id}${where}` };
  }

  async function recall(job: Job, presumed: Grant, signal: AbortSignal): Promise<Outcome | undefined> {
    const began = clock.now();
    // What is passed by anyhow is not assembled twice.
    const why = await whyNot(presumed, optionsOf(job, presumed, snapshot().settings));
    if (why) return passBy(why);
    const { request } = await prepare(job, presumed);
    const key = await keyFor(job, presumed, request);
    if (key === undefined) return passBy('no_key');
    if (signal.aborted) return undefined;
    for (;;) {
      const found = await cache.find(key);
      if (found) {
        counts.hits += 1;
        return given(job, presumed, found.entry, began);
      }
      if (signal.aborted) return undefined;
      if (flights.lead(key, job.id)) {
        signal.addEventListener('abort', () => flights.leave(job.id), { once: true });
        counts.misses += 1;
        return undefined;
      }
      openReply(job).progress({ stage: 'generating', model: presumed.model });
      const entry = await flights.follow(key, signal);
      if (signal.aborted) return undefined;
      if (entry) {
        counts.shared += 1;
        counts.hits += 1;
        return given(job, presumed, entry, began);
      }
    }
  }

  function passBy(why: Bypass): undefined {
    counts.bypassed[why] += 1;
  }

  function given(job: Job, grant: Grant, entry: CacheEntry, began: number): Outcome {
    const { text, thinking, simulated, promptTokens, tokens } = entry;
    counts.savedSeconds += entry.seconds;
    counts.savedTokens += promptTokens + tokens;
    const seconds = (clock.wall() - job.enqueuedAt) / 1_000;
    const answer: Answer = {
      text,
      ...(thinking !== undefined && { thinking }),
      from: 'cache',
      ageSeconds: Math.max(0, (clock.wall() - entry.at) / 1_000),
      ...(simulated && { simulated }),
      provenance: provenanceOf(job.route, grant),
      finished: 'stop',
      promptTokens,
      tokens,
      seconds,
      waitSeconds: Math.max(0, seconds - (clock.now() - began) / 1_000),
    };
    return { kind: 'answer', answer };
  }

  function notNamed(error: unknown): undefined {
    logger.debug({ ...toFailure(error) }, 'an answer will not be kept');
  }

  return {
    look(job, presumed, signal) {
      const { read = true } = wishFor(job);
      if (!snapshot().cache.enabled) return passBy('off');
      if (!read) return passBy(job.message.cache?.read === false ? 'refresh' : 'rule');
      return recall(job, presumed, signal).catch((error: unknown) => {
        logger.debug({ job: job.id, ...toFailure(error) }, 'the cache was not asked');
        return undefined;
      });
    },

    async reserve(job, grant, request) {
      const { keep = true, ttlSeconds } = wishFor(job);
      const key = keep ? await keyToKeep(job, grant, request).catch(notNamed) : undefined;
      return (answer) => {
        const entry = entryOf(answer);
        flights.land(job.id, entry);
        if (!entry || key === undefined) return;
        cache.keep(key, entry, ttlSeconds === undefined ? undefined : ttlSeconds * 1_000);
      };
    },
  };

  /** Undefined for what may not be given again. */
  function entryOf(answer: Answer): CacheEntry | undefined {
    const { finished, text, thinking, simulated, promptTokens, tokens, seconds, waitSeconds } = answer;
    if (finished !== 'stop' || text.trim() === '' || answer.from !== 'local') return undefined;
    return makeEntry({
      text,
      ...(thinking !== undefined && { thinking }),
      ...(simulated && { simulated }),
      promptTokens,
      tokens,
      seconds: Math.max(0, seconds - waitSeconds),
      at: clock.wall(),
    });
  }
}
