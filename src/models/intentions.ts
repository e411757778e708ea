import { OstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import { createAwaited } from './awaited.ts';
import { createKeepers } from './keepers.ts';
import { type Keeper, letOneGo } from './let-go.ts';
import type { LoadReason, Move } from './move.ts';
import type { LoadEnd, Moves } from './moves.ts';
import type { Pins } from './pins.ts';
import { isParked, wantedNow } from './schedule/demand.ts';
import type { HostState, Plan } from './schedule/state.ts';
import type { Settings } from './settings.ts';
import { createSwitching, type Order, type Switching } from './switching.ts';
import { sameTag } from './tag.ts';
import { createWishes } from './wishes.ts';

type Seen = Pick<HostState, 'models' | 'waiting'>;

/** What is to become of the models, apart from what questions ask for: plans, orders, wishes, pins. */
export type Intentions = {
  forDecision(): Pick<HostState, 'plan' | 'order' | 'wishes' | 'awaited' | 'leaving'>;
  /** Whether the model may make room for others, and who says so. */
  keeperOf(tag: string): Keeper;
  setPlan(plan: Plan | undefined): void;
  /** For whom a load is begun. */
  reasonFor(model: string): LoadReason;
  /** Whether the load under way is still good for anything. */
  isWanted(move: Move, seen: HostState): boolean;
  onLoadEnd(end: LoadEnd): void;
  /** It was told to leave, and did not: nobody waits for that any more. */
  onUnloadFailed(model: string): void;
  onContact(): void;
  /** Takes note of what is there: orders that are fulfilled end, wishes come and go. */
  observe(seen: Seen & Pick<HostState, 'leaving'>): void;
  orders(): readonly Order[];
  refuseOrders: Switching['refuse'];
  tellOrder: Switching['tell'];
  order: Switching['order'];
  cancelOrders: Switching['cancel'];
  pinned(): readonly string[];
  /** The model leaves the memory once it answers nothing more. Throws `bad_input` where it is pinned or ordered. */
  dismiss(model: string): void;
  /** Durable once it resolves. */
  pin(model: string, isPinned: boolean): Promise<void>;
  typing(model: string): void;
  /** When a decision may become another one by itself (monotonic milliseconds). */
  nextAt(): number;
};

type Surroundings = {
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly pins: Pins;
  /** The tag as the server has it; unchanged where it is not installed. */
  readonly installedAs: (tag: string) => string;
  /** Whether an open question will ask for this model. */
  readonly expects: (model: string) => boolean;
  readonly moves: () => Pick<Moves, 'current' | 'displacedBy'>;
  readonly hostState: () => HostState;
  readonly stopped: AbortSignal;
  /** Something else is wanted now: decide again. */
  readonly onChange: () => void;
};

/** What becomes of the memory is noticed within this also while nobody asks for anything, where it matters. */
export const IDLE_LOOK_MS = 15_000;

export function createIntentions(surroundings: Surroundings): Intentions {
  const { clock, settings, pins, installedAs, expects, moves, hostState, stopped, onChange } = surroundings;
  const { pinned, of: keeperOf } = createKeepers({ settings, pins, installedAs });
  const wishes = createWishes({
    clock,
    isWaitedFor: (model) => expects(model) || switching.orders().some((order) => order.model === model),
    settings() {
      const { stay, policy } = settings();
      const { preload, default: ofDefault, returnAfterMs } = stay;
      return {
        preload: preload.map(installedAs),
        pinned: pinned(),
        default: ofDefault === undefined ? undefined : installedAs(ofDefault),
        returnAfterMs,
        unloadIdle: policy.unloadIdle,
      };
    },
  });
  const switching = createSwitching({
    clock,
    displacedBy: (model) => moves().displacedBy(model),
    goesOn: (model) => goesOn(model, hostState()),
    stopped,
    onChange,
  });
  const leaving = new Set<string>();
  /** Only where idle models are unloaded. */
  const awaited = createAwaited(clock);
  let plan: Plan | undefined;

  const isOrdered = (tag: string) => switching.orders()[0]?.model === tag;

  function awaitQuestions(model: string): void {
    if (settings().policy.unloadIdle) awaited.add(model);
  }

  function isWanted({ model, why, stage }: Move, seen: HostState): boolean {
    if (expects(model) || isOrdered(model)) return true;
    // Others leave for these alone: it may have been pinned when they began to.
    const { default: ofDefault = '' } = settings().stay;
    const mayMakeRoom = keeperOf(model).keeps !== 'free' || sameTag(ofDefault, model);
    if (stage === 'unloading' && !mayMakeRoom) return false;
    if (why !== 'wished') return false;
    // Nobody waits for a model that is only wished for while they could be answered.
    const waiting = seen.waiting.filter((job) => !isParked(job));
    const wanted = wantedNow({ ...seen, waiting }, clock.now());
    const ready = new Set(seen.models.flatMap(({ tag, state }) => (state === 'ready' ? [tag] : [])));
    return wanted.every((tag) => seen.memory !== undefined && ready.has(tag));
  }

  function goesOn(model: string, seen: HostState): boolean {
    const move = moves().current();
    return expects(model) || (move?.model === model && isWanted(move, seen));
  }

  return {
    forDecision: () => ({
      plan,
      order: switching.orders()[0]?.model,
      wishes: wishes.list(),
      awaited: awaited.list(),
      leaving: [...leaving],
    }),

    keeperOf,

    setPlan(next) {
      plan = next;
    },

    reasonFor(model) {
      if (isOrdered(model)) return 'ordered';
      return expects(model) ? 'asked' : 'wished';
    },

    isWanted,

    onLoadEnd(end) {
      switching.onLoadEnd(end);
      if (end.ms === undefined) {
        // One that was only abandoned is wished for as before, in a moment.
        if (end.error) wishes.failed(end.model);
        else wishes.abandoned(end.model);
        wishes.rollBack(end);
      } else {
        wishes.loaded(end.model, [...end.gone, ...end.wentAnyway]);
        if (end.why === 'wished') awaitQuestions(end.model);
        // Nobody chose them: Ollama did.
        wishes.restore(end.gone.filter((tag) => keeperOf(tag).keeps === 'preserved'));
        // What made room for a pinned model does not come back for it to come back again, and so on.
        if (end.why !== 'wished') wishes.evicted(end.gone);
      }
    },

    onUnloadFailed: (model) => void leaving.delete(model),
    onContact: wishes.opened,

    observe(seen) {
      wishes.observe(seen);
      const { models, leaving: goes } = seen;
      const states = new Map(models.map(({ tag, state }) => [tag, state]));
      const stateOf = (tag: string) => states.get(tag) ?? 'not_loaded';
      awaited.observe(stateOf);
      for (const { model } of switching.orders()) if (stateOf(model) === 'ready') awaitQuestions(model);
      switching.settle((tag) => stateOf(tag) === 'ready' && !goes.includes(tag));
      for (const tag of leaving) if (stateOf(tag) === 'not_loaded') leaving.delete(tag);
    },

    orders: switching.orders,
    refuseOrders: switching.refuse,
    tellOrder: switching.tell,
    order(model, by, onEnd) {
      // Whoever orders it now wants it to stay.
      leaving.delete(model);
      return switching.order(model, by, onEnd);
    },
    cancelOrders: switching.cancel,
    pinned,

    dismiss(model) {
      const keeper = keeperOf(model);
      if (keeper.keeps === 'pinned') {
        throw new OstlerError(`${model} is pinned.`, { code: 'bad_input', hint: letOneGo([keeper]) });
      }
      if (switching.orders().some((order) => order.model === model)) {
        throw new OstlerError(`${model} is being loaded for whoever ordered it.`, {
          code: 'bad_input',
          hint: 'Unload it once it is there, or let them cancel the load.',
        });
      }
      leaving.add(model);
      onChange();
    },

    async pin(model, isPinned) {
      await pins.set(model, isPinned);
      if (isPinned) leaving.delete(model);
      onChange();
    },

    typing(model) {
      wishes.typing(model);
      onChange();
    },

    nextAt() {
      const isWatching = pinned().length > 0 || leaving.size > 0 || wishes.isWatching();
      const ends = [wishes.nextAt(), isWatching ? clock.now() + IDLE_LOOK_MS : undefined, ...awaited.ends()];
      return Math.min(...ends.map((at) => at ?? Number.POSITIVE_INFINITY));
    },
  };
}
