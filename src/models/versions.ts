import type { Installed, Resident } from '../ports/models.ts';

/**
 * Which version of a model its name stands for: a pull may replace one that is in memory. Ollama finds what it has
 * loaded by the file of the weights (server/sched.go): where that is another one now, no request with the name reaches
 * what is in memory under it, not even to unload it.
 */
export type Versions = {
  /** Whether the list of models may be older than what is in memory. Says so once for each. */
  areNews(residents: readonly Resident[]): boolean;
  /** What requests reach, one for each name. */
  inReach(residents: readonly Resident[]): readonly Resident[];
  /** Whether its name stands for another version by now. */
  isOutdated(resident: Resident): boolean;
  /** Nobody reaches it any more: Ollama unloads it by itself, when its time is over or others need the room. */
  loseSight(resident: Resident): void;
};

export function createVersions(find: (tag: string) => Installed | undefined): Versions {
  const known = new Set<string>();
  const outOfReach = new Set<string>();

  function isOutdated({ tag, digest }: Resident): boolean {
    const installed = find(tag);
    return installed !== undefined && installed.digest !== digest;
  }

  /** Its name may have been given back to it. */
  const isReached = ({ tag, digest }: Resident) => find(tag)?.digest === digest;

  return {
    areNews(residents) {
      const news = residents.filter((one) => isOutdated(one) && !known.has(one.digest));
      for (const { digest } of news) known.add(digest);
      return news.length > 0;
    },

    inReach(residents) {
      const lost = residents.filter((one) => !isReached(one)).map(({ digest }) => digest);
      for (const digest of outOfReach) if (!lost.includes(digest)) outOfReach.delete(digest);
      const byTag = new Map<string, Resident>();
      for (const one of residents.filter(({ digest }) => !outOfReach.has(digest)))
        if (!byTag.has(one.tag) || !isOutdated(one)) byTag.set(one.tag, one);
      return [...byTag.values()];
    },

    isOutdated,
    loseSight: ({ digest }) => void outOfReach.add(digest),
  };
}
