import type { Job } from '../path/job.ts';
import type { Placement } from '../path/route.ts';
import type { Grant } from './grant.ts';

/**
 * All that is known of a job in the line; it goes with the job. Times are monotonic milliseconds.
 * Mutable: the line and its one owner write to it.
 */
export type Place = {
  readonly job: Job;
  /** When everything before it in its chat had ended. */
  eligibleAt: number | undefined;
  /** Left alone until then. */
  restsUntil: number;
  /** Which model answers, as things stand. */
  placement: Placement | undefined;
  /** The list of models was read for it: it may be told that one is missing. */
  listed: boolean;
  /** It runs, with this. */
  grant: Grant | undefined;
  /** A process that was killed still holds it; the queue gives it back. */
  held: boolean;
  /** It is being ended from outside: it is begun no more. */
  ending: boolean;
  /** What its person was told last. */
  told: string;
};

/** The jobs that have not ended: in each chat one after the other, and only the first of each is eligible. */
export type Line = {
  add(job: Job, held: boolean, now: number): void;
  remove(id: string, now: number): void;
  /** The job did not end and goes back to its place. */
  giveBack(id: string, restsUntil: number): void;
  find(id: string): Place | undefined;
  /** First jobs of their chats that may be begun, oldest first. */
  heads(now: number): readonly (Place & { eligibleAt: number })[];
  /** Jobs that do not run and are not about to end, by arrival. */
  waiting(): readonly Place[];
  of(conversation: string): readonly Place[];
  /** How many jobs go before each in its chat, by id. */
  earlier(): ReadonlyMap<string, number>;
  running(): number;
  isEmpty(): boolean;
  /** When the next resting job may be tried again. */
  nextRestEndsAt(now: number): number | undefined;
};

export function createLine(): Line {
  const places = new Map<string, Place>();
  /** Each chat's jobs by arrival. */
  const chats = new Map<string, readonly Place[]>();
  const all = () => [...places.values()];
  const chat = (conversation: string) => chats.get(conversation) ?? [];

  function setChat(conversation: string, jobs: readonly Place[], now: number): void {
    const [first] = jobs;
    if (first) first.eligibleAt ??= now;
    if (first) chats.set(conversation, jobs);
    else chats.delete(conversation);
  }

  return {
    add(job, held, now) {
      if (places.has(job.id)) return;
      const place: Place = {
        job,
        eligibleAt: undefined,
        restsUntil: 0,
        placement: undefined,
        listed: false,
        grant: undefined,
        held,
        ending: false,
        told: '',
      };
      places.set(job.id, place);
      const others = chat(job.conversation);
      const at = others.findIndex((other) => other.job.seq > job.seq);
      setChat(job.conversation, others.toSpliced(at < 0 ? others.length : at, 0, place), now);
    },

    remove(id, now) {
      const place = places.get(id);
      if (!place) return;
      places.delete(id);
      const { conversation } = place.job;
      setChat(
        conversation,
        chat(conversation).filter((other) => other !== place),
        now,
      );
    },

    giveBack(id, restsUntil) {
      const place = places.get(id);
      if (!place) return;
      Object.assign(place, {
        restsUntil,
        placement: undefined,
        listed: false,
        grant: undefined,
        held: false,
        ending: false,
        told: '',
      });
    },

    find: (id) => places.get(id),

    heads(now) {
      return [...chats.values()]
        .flatMap(([first]) => (first && mayBegin(first, now) ? [first] : []))
        .sort((one, other) => one.eligibleAt - other.eligibleAt || one.job.seq - other.job.seq);
    },

    waiting: () =>
      all()
        .filter((place) => !place.grant && !place.held && !place.ending)
        .sort((one, other) => one.job.seq - other.job.seq),

    of: chat,
    earlier: () =>
      new Map([...chats.values()].flatMap((jobs) => jobs.map(({ job }, index) => [job.id, index] as const))),
    running: () => all().filter((place) => place.grant).length,
    isEmpty: () => places.size === 0,

    nextRestEndsAt(now) {
      const ends = all().flatMap(({ restsUntil }) => (restsUntil > now ? [restsUntil] : []));
      return ends.length === 0 ? undefined : Math.min(...ends);
    },
  };
}

function mayBegin(place: Place, now: number): place is Place & { eligibleAt: number } {
  const { grant, held, ending, restsUntil, eligibleAt } = place;
  return !grant && !held && !ending && restsUntil <= now && eligibleAt !== undefined;
}
