import { delimiter, join } from 'node:path';

/**
 * Any one of the commands will do, the first one best: where we may install, its package, which is Debian's name for
 * what brings it, is installed as long as that one is missing.
 */
export type Need = { readonly commands: readonly string[]; readonly package: string };

export type Machine = {
  readonly nodeMajor: number;
  readonly path: string;
  isFile(path: string): boolean;
  /** Debian, and root. */
  readonly installsWithApt: boolean;
};

export type Plan = { readonly install: readonly string[]; readonly complaints: readonly string[] };

const NODE_MAJOR = 24;

/** What to install by ourselves, and what only the person at the machine can do. */
export function planFor(needs: readonly Need[], machine: Machine): Plan {
  const folders = machine.path.split(delimiter).filter((folder) => folder !== '');
  const isThere = (command: string) => folders.some((folder) => machine.isFile(join(folder, command)));
  const packagesOf = (missing: (need: Need) => boolean) => needs.filter(missing).map((need) => need.package);
  const install = machine.installsWithApt ? packagesOf(({ commands: [best = ''] }) => !isThere(best)) : [];
  const asked = machine.installsWithApt ? [] : packagesOf(({ commands }) => !commands.some(isThere));
  return {
    install,
    complaints: [
      ...(machine.nodeMajor < NODE_MAJOR
        ? [`The tests need Node ${NODE_MAJOR} or newer: run npm install first.`]
        : []),
      ...(asked.length > 0
        ? [`The tests need ${asked.join(' and ')}. On Debian: sudo apt-get install ${asked.join(' ')}`]
        : []),
    ],
  };
}
