import type { Job } from '../path/job.ts';

/** Where a job stands in the line. Times are monotonic milliseconds. */
type Place = { readonly job: Job; running: boolean; eligibleAt: number | null; restsUntil: number };

export type Head = { readonly job: Job; readonly eligibleAt: number };

/**
 * The jobs that have not ended, as one process sees them: in each chat one after the other, and only the
 * first of each chat is eligible.
 */
export type Line = {
  add(job: Job, now: number): void;
  remove(id: string, now: number): void;
  begin(id: string): void;
  /** The job did not end and goes back to its place; it rests until then. */
  giveBack(id: string, restsUntil: number, now: number): void;
  isEmpty(): boolean;
  /** First jobs of their chats that neither run nor rest, oldest first. */
  heads(now: number): readonly Head[];
  /** All jobs that do not run, by arrival. */
  waiting(): readonly Job[];
  of(conversation: string): readonly Job[];
  isRunning(id: string): boolean;
  running(): number;
  /** When the next resting job may be tried again. */
  nextRestEndsAt(now: number): number | undefined;
};

export function createLine(): Line {
  const places = new Map<string, Place>();
  /** Each chat's jobs by arrival. */
  const chats = new Map<string, Place[]>();

  function chat(conversation: string): Place[] {
    return chats.get(conversation) ?? [];
  }

  function markHead(conversation: string, now: number): void {
    const first = chat(conversation)[0];
    if (first && first.eligibleAt === null) first.eligibleAt = now;
  }

  return {
    add(job, now) {
      if (places.has(job.id)) return;
      const place: Place = { job, running: false, eligibleAt: null, restsUntil: 0 };
      places.set(job.id, place);
      const others = chat(job.conversation);
      const at = others.findIndex((other) => other.job.seq > job.seq);
      chats.set(job.conversation, others.toSpliced(at < 0 ? others.length : at, 0, place));
      markHead(job.conversation, now);
    },

    remove(id, now) {
      const place = places.get(id);
      if (!place) return;
      places.delete(id);
      const rest = chat(place.job.conversation).filter((other) => other !== place);
      if (rest.length === 0) chats.delete(place.job.conversation);
      else chats.set(place.job.conversation, rest);
      markHead(place.job.conversation, now);
    },

    begin(id) {
      const place = places.get(id);
      if (place) place.running = true;
    },

    giveBack(id, restsUntil, now) {
      const place = places.get(id);
      if (!place) return;
      place.running = false;
      place.restsUntil = restsUntil;
      place.eligibleAt = null;
      markHead(place.job.conversation, now);
    },

    isEmpty: () => places.size === 0,

    heads(now) {
      const heads: Head[] = [];
      for (const [first] of chats.values()) {
        if (first === undefined || first.running || first.eligibleAt === null || first.restsUntil > now)
          continue;
        heads.push({ job: first.job, eligibleAt: first.eligibleAt });
      }
      return heads.sort((one, other) => one.eligibleAt - other.eligibleAt || one.job.seq - other.job.seq);
    },

    waiting: () =>
      [...places.values()]
        .filter((place) => !place.running)
        .map((place) => place.job)
        .sort((one, other) => one.seq - other.seq),

    of: (conversation) => chat(conversation).map((place) => place.job),
    isRunning: (id) => places.get(id)?.running ?? false,
    running: () => [...places.values()].filter((place) => place.running).length,

    nextRestEndsAt(now) {
      const ends = [...places.values()].map((place) => place.restsUntil).filter((end) => end > now);
      return ends.length === 0 ? undefined : Math.min(...ends);
    },
  };
}
