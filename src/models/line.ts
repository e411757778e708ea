import type { Job } from '../path/job.ts';
import { type Entry, modelOf, type Place } from './place.ts';

/**
 * The jobs that have not ended: in each chat one after the other, and only the first of each is eligible. One
 * whose outcome is not delivered yet is not over: what is shown of the next would stand above its answer.
 */
export type Line = {
  add(job: Job, entry: Entry, now: number): void;
  /** The job has another message: what was found out for the old one is void, but not what holds of its model. */
  change(job: Job, gathersUntil: number): void;
  /**
   * Its outcome is kept. Returns whether it may be delivered now, by the run that made it; where an earlier one
   * of its chat is not delivered yet, it comes up later.
   */
  settle(id: string, now: number): boolean;
  remove(id: string, now: number): void;
  /** The job did not end and goes back to its place. */
  giveBack(id: string, restsUntil: number): void;
  find(id: string): Place | undefined;
  /** First jobs of their chats that may be begun, oldest first. */
  heads(now: number): readonly (Place & { eligibleAt: number })[];
  /** Jobs whose outcomes may be delivered now. */
  undelivered(now: number): readonly Place[];
  /** Jobs that do not run and are not about to end, by arrival. */
  waiting(): readonly Place[];
  of(conversation: string): readonly Place[];
  /** Of all chats. */
  all(): readonly Place[];
  /** Whether it stands behind an outcome that is not delivered yet. */
  isHeldUp(place: Place): boolean;
  /** How many jobs go before each in its chat, by id. */
  earlier(): ReadonlyMap<string, number>;
  /** How many questions this model is to answer, those that run included. */
  countFor(model: string): number;
  running(): number;
  isEmpty(): boolean;
  /** When the next job that rests or gathers may be looked at again. */
  nextRestEndsAt(now: number): number | undefined;
};

/** What is known of a job that nobody looked at yet. */
const AFRESH = {
  placement: undefined,
  listed: false,
  recall: undefined,
  grant: undefined,
  told: '',
  countedFor: undefined,
  atOnce: 0,
  consent: undefined,
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

  /** Whose outcome is delivered next in a chat; nobody's while another one's is. */
  function nextDelivery(conversation: string): Place | undefined {
    const settled = chat(conversation).filter((place) => place.settled);
    return settled.some((place) => place.delivering) ? undefined : settled[0];
  }

  return {
    add(job, entry, now) {
      if (places.has(job.id)) return;
      const place: Place = {
        job,
        eligibleAt: undefined,
        restsUntil: 0,
        ending: false,
        delivering: false,
        since: now,
        heldUpMs: 0,
        ...AFRESH,
        ...entry,
      };
      places.set(job.id, place);
      const others = chat(job.conversation);
      const at = others.findIndex((other) => other.job.seq > job.seq);
      setChat(job.conversation, others.toSpliced(at < 0 ? others.length : at, 0, place), now);
    },

    change(job, gathersUntil) {
      const place = places.get(job.id);
      if (!place) return;
      // One that is just being begun keeps its model.
      if (!place.grant) place.recall?.leave.abort();
      const { consent, countedFor } = place;
      Object.assign(place, place.grant ? { job } : { ...AFRESH, consent, countedFor, job, gathersUntil });
    },

    settle(id, now) {
      const place = places.get(id);
      if (!place) return true;
      const { conversation } = place.job;
      // A later run of the same outcome was begun to deliver it.
      if (!place.delivering) {
        Object.assign(place, { grant: undefined, settled: true, since: now });
        place.delivering = nextDelivery(conversation) === place;
      }
      return place.delivering;
    },

    remove(id, now) {
      const place = places.get(id);
      if (!place) return;
      places.delete(id);
      place.recall?.leave.abort();
      const { conversation } = place.job;
      const others = chat(conversation).filter((other) => other !== place);
      if (place.settled)
        for (const other of others) other.heldUpMs += Math.max(0, now - Math.max(place.since, other.since));
      setChat(conversation, others, now);
    },

    giveBack(id, restsUntil) {
      const place = places.get(id);
      if (!place) return;
      place.recall?.leave.abort();
      const { consent, countedFor } = place;
      Object.assign(place, { ...AFRESH, consent, countedFor, restsUntil, held: false, delivering: false });
    },

    find: (id) => places.get(id),

    undelivered: (now) =>
      [...chats.keys()].flatMap((conversation) => {
        const next = nextDelivery(conversation);
        return next && isFree(next, now) ? [next] : [];
      }),

    heads(now) {
      return [...chats.values()]
        .flatMap(([first]) => (first && mayBegin(first, now) ? [first] : []))
        .sort((one, other) => one.eligibleAt - other.eligibleAt || one.job.seq - other.job.seq);
    },

    waiting: () =>
      all()
        .filter((place) => !place.grant && !place.held && !place.ending && !place.settled)
        .sort((one, other) => one.job.seq - other.job.seq),

    of: chat,
    all,
    isHeldUp: (place) => chat(place.job.conversation).some((other) => other !== place && other.settled),
    earlier: () =>
      new Map([...chats.values()].flatMap((jobs) => jobs.map(({ job }, at) => [job.id, at] as const))),
    countFor: (model) => all().filter((place) => !place.settled && modelOf(place) === model).length,
    running: () => all().filter((place) => place.grant).length,
    isEmpty: () => places.size === 0,

    nextRestEndsAt(now) {
      const ends = all().flatMap((place) => [place.restsUntil, place.gathersUntil].filter((at) => at > now));
      return ends.length === 0 ? undefined : Math.min(...ends);
    },
  };
}

function mayBegin(place: Place, now: number): place is Place & { eligibleAt: number } {
  const { job, settled, gathersUntil, eligibleAt } = place;
  if (settled || gathersUntil > now || eligibleAt === undefined) return false;
  // Its pictures are on their way.
  if ((job.message.remoteImages ?? []).length > 0) return false;
  return isFree(place, now);
}

/** Neither running nor held, ended or resting. */
function isFree({ grant, held, ending, restsUntil }: Place, now: number): boolean {
  return !grant && !held && !ending && restsUntil <= now;
}
