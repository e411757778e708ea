import { type Demand, demandOf, isInMemory } from './demand.ts';
import type { Action, HostState, WaitingJob } from './state.ts';
import { victims } from './victims.ts';

/** The questions that wait for their people to agree, and what would leave the memory for each. */
export type Parked = ReadonlyMap<WaitingJob, readonly string[]>;

/**
 * Whose questions would push out models that their people did not agree to. What was named once stays named as long as
 * it makes room.
 */
export function whoPushesOut(state: HostState, now: number): Parked {
  const all = demandOf(state, state.waiting, now);
  const byTag = new Map(all.map((one) => [one.model.tag, one]));
  const evictFor = (wanted: Demand) => victims(wanted, all, state, false);
  const unnamed = new Map(all.map((one) => [one.model.tag, isInMemory(one) ? [] : evictFor(one)]));

  function leaveFor({ model, consent }: WaitingJob): readonly string[] {
    const wanted = byTag.get(model);
    if (!wanted || isInMemory(wanted)) return [];
    const named = consent && evictFor({ ...wanted, agreed: consent.evict });
    if (named && consent.kind === 'given') return [];
    // Where nothing makes room, because a model is on its way in or out, what is asked stays asked.
    const asked = consent?.kind === 'asked' ? consent.evict : [];
    return named ?? unnamed.get(model) ?? asked;
  }

  return new Map(
    state.waiting.flatMap((job) => {
      const evict = leaveFor(job);
      return evict.length === 0 ? [] : [[job, evict]];
    }),
  );
}

/** Asks where what is asked is another thing now, or nothing any more. Nobody is disturbed for the background. */
export function asksOf({ waiting }: HostState, parked: Parked): readonly Action[] {
  const isBusy = waiting.some((job) => !job.isBackground && !parked.has(job));
  return waiting.flatMap((job): readonly Action[] => {
    const evict = parked.get(job) ?? [];
    const asked = job.consent?.kind === 'asked' ? job.consent.evict : [];
    const isNews = asked.length !== evict.length || evict.some((tag) => !asked.includes(tag));
    const isMute = evict.length > 0 && job.isBackground && isBusy;
    return isNews && !isMute ? [{ type: 'ask', job: job.id, evict }] : [];
  });
}

/** For those whose people were asked, only what they agreed to leaves the memory. */
export function asAgreed(all: readonly Demand[]): readonly Demand[] {
  return all.map((one) => {
    if (one.queue.length === 0) return one;
    const given = one.queue.find(({ consent }) => consent?.kind === 'given');
    return { ...one, agreed: given?.consent?.evict ?? [] };
  });
}
