import { createTurns } from '../../src/path/in-turn.ts';

/** What is to be done of each channel, one after the other and in the order of the calls. */
type Lanes = {
  add(channel: string, task: () => Promise<void>): void;
  /**
   * The same for a task that begins at once and waits for its turn (`turn`) before it changes anything. What is added
   * to the channel after it waits for its end.
   */
  addEager(channel: string, name: string, task: (turn: Promise<void>) => Promise<void>): void;
  /** Resolves when nothing is under way any more. */
  empty(): Promise<void>;
};

/** Tasks must not throw. */
export function createLanes(): Lanes {
  const inTurn = createTurns();
  const open = new Set<Promise<void>>();

  function add(channel: string, task: () => Promise<void>): void {
    const done = inTurn(channel, task).finally(() => open.delete(done));
    open.add(done);
  }

  return {
    add,
    addEager(channel, name, task) {
      const turn = Promise.withResolvers<void>();
      const end = Promise.withResolvers<void>();
      add(channel, () => {
        turn.resolve();
        return end.promise;
      });
      add(name, () => task(turn.promise).finally(end.resolve));
    },
    async empty() {
      while (open.size > 0) await Promise.all(open);
    },
  };
}
