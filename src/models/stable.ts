import type { Outcome } from '../chat/exchange.ts';
import type { LoadCost, Progress } from '../chat/progress.ts';
import { type OstlerError, toOstlerError } from '../errors.ts';
import type { Job } from '../path/job.ts';
import type { Usage } from '../ports/generate.ts';
import type { Consents } from './consents.ts';
import { costOf, expectMove } from './expect.ts';
import type { Grant } from './grant.ts';
import type { Intentions } from './intentions.ts';
import type { Place } from './place.ts';
import type { ServerView } from './server-view.ts';
import type { Over } from './turnstile.ts';
import type { Verdict } from './verdict.ts';
import { createYard, type Surroundings } from './yard.ts';

/** The one owner of a server's state: every load, every unload and every start of a job is its doing. */
export type Stable = {
  /** Takes over what the queue holds and begins to work. */
  start(): Promise<void>;
  grant(job: string): Grant | undefined;
  /** A model goes on answering though its job has ended. Returns what ends that. */
  hold(model: string): () => void;
  /**
   * The job's outcome is kept: others may use its model while it is delivered. False where it is not its turn
   * yet: the job goes back and is run again for it.
   */
  settle(job: string): boolean;
  /** A question failed in a way that says something about the server: look again before the next one. */
  doubt(error: OstlerError): void;
  /** When this job comes back to the queue, it is left alone for so long. */
  rest(job: string, ms: number): void;
  /**
   * Ends a job that does not run here: resolves when its outcome is kept; it is delivered as soon as it can
   * be. Where keeping it fails, the job waits on as before.
   */
  end(job: Job, outcome: Outcome): Promise<void>;
  /** Resolves when the outcome of a running job is kept, or when it ended or went back without one. */
  whenOver(job: string): Promise<Over>;
  /** The jobs whose outcome is still open, by arrival. */
  jobsOf(conversation: string): readonly Job[];
  /** The same of all conversations. */
  openJobs(): readonly Job[];
  view(): ServerView;
  readonly intentions: Pick<
    Intentions,
    'order' | 'cancelOrders' | 'orders' | 'dismiss' | 'pin' | 'pinned' | 'keeperOf' | 'typing'
  >;
  /** What a load of this model would take now. */
  judge(model: string): Verdict;
  costOf(model: string): LoadCost;
  /** The same for every installed model, by tag. */
  costs(): ReadonlyMap<string, LoadCost>;
  /** What is told of the load that is under way; undefined: there is none. */
  loading(): Progress | undefined;
  /** What the answer to a job that runs took of its model. */
  observe(job: string, usage: Usage): void;
  /** The job's person agrees that other models go for it. False where that is not asked any more. */
  agree(job: string, question: string): boolean;
  /** What the job's person is asked; undefined: nothing. */
  askedFor: Consents['askedFor'];
  /** What is installed has changed. */
  relist(): void;
  /** Reads the server's state if what is known is older than this. Never throws. */
  refresh(olderThanMs: number): void;
  /** Looks at the memory before what is said of it counts, where the last look is old. Never throws. */
  freshen(): Promise<void>;
  /** Reads it now, also while the server counts as away. Throws `unreachable`. */
  resync(): Promise<void>;
  /** Starts nothing more and gives up a load that is under way. */
  stop(): void;
  /** The settings are others now: decides again, for those who wait, too. */
  reconsider(): void;
  /** Nothing runs any more: whoever still waits for the end of a job is told this reason. */
  leave(reason: OstlerError): void;
};

export function createStable(surroundings: Surroundings): Stable {
  const yard = createYard(surroundings);
  const {
    line,
    lore,
    loadedOptions,
    turnstile,
    ending,
    consents,
    moves,
    intentions,
    hostState,
    wake,
    onNews,
  } = yard;
  const { state, memory, inventory, times } = lore;

  /** One that is tried again for somebody has not failed yet. */
  function failed(): ReadonlyMap<string, string> {
    const ordered = new Set(intentions.orders().map(({ model }) => model));
    const over = [...moves.failures()].filter(([tag]) => !ordered.has(tag) && line.countFor(tag) === 0);
    return new Map(over.map(([tag, { error }]) => [tag, error.message]));
  }

  return {
    async start() {
      await turnstile.start();
      await loadedOptions.open();
      wake();
      state.open();
    },

    grant: (id) => line.find(id)?.grant,
    hold(model) {
      memory.use(model);
      return () => {
        memory.release(model);
        wake();
      };
    },
    doubt: state.doubt,
    rest: turnstile.rest,
    end: ending.end,
    settle: turnstile.settle,
    whenOver: turnstile.whenOver,
    jobsOf: (conversation) => openOf(line.of(conversation)),
    openJobs: () => openOf(line.all()),
    intentions,
    judge: (model) => lore.judging(model, hostState()),
    costOf: (model) => costOf(model, hostState(), times.of),

    costs() {
      const seen = hostState();
      return new Map(inventory.list().map(({ tag }) => [tag, costOf(tag, seen, times.of)]));
    },

    loading() {
      const move = moves.current();
      return move && expectMove(move, hostState(), times.of);
    },

    observe(job, usage) {
      const place = line.find(job);
      if (place?.grant) lore.observe(place.grant.model, place.atOnce, usage);
    },

    askedFor: consents.askedFor,
    relist: () => void state.list(true).then(onNews, (error: unknown) => state.doubt(toOstlerError(error))),

    agree(job, question) {
      const agreed = consents.give(job, question);
      if (agreed) wake();
      return agreed;
    },

    view() {
      const away = state.away();
      return {
        version: state.version(),
        simulated: state.isSimulated(),
        away: away && { since: away.since, message: away.error.message, hint: away.error.hint },
        installed: inventory.list(),
        models: memory.models(),
        pinned: intentions.pinned(),
        gpuBytes: lore.machine.gpuBytes(),
        gpuTotalBytes: lore.machine.totalBytes(),
        failed: failed(),
        usedAt: memory.usedAt(),
        waiting: line.waiting().length,
        running: line.running(),
      };
    },

    refresh: state.refresh,
    freshen: state.freshen,
    resync: state.resync,

    stop: yard.stop,

    reconsider() {
      for (const place of line.waiting()) place.listed = false;
      onNews();
    },

    leave: turnstile.leave,
  };
}

/** Those whose outcome is not known. */
function openOf(places: readonly Place[]): readonly Job[] {
  return places.flatMap(({ job, settled }) => (settled ? [] : [job]));
}
