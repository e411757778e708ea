import type { Address, Message } from '../chat/message.ts';
import type { Progress } from '../chat/progress.ts';
import { type Failure, OstlerError, toFailure } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import { type Displaced, NOBODY } from './displaced.ts';
import type { LoadEnd } from './moves.ts';
import type { Never } from './verdict.ts';

/** Who gave an order, and where: a newer one of the same person takes the place of the older. */
export type By = { readonly person: string; readonly conversation: string };

/** The same for one person on one platform, wherever they are. */
export function ordererOf({ platform }: Address, { id }: Message['person']): string {
  return `${platform}:${id}`;
}

/** What becomes of an order. */
export type SwitchEvent =
  | { readonly type: 'progress'; readonly progress: Progress }
  /** `seconds`: since it was ordered. */
  | { readonly type: 'loaded'; readonly model: string; readonly already: boolean; readonly seconds: number }
  /** `goesOn`: it is loaded all the same, for others who want it; else what made room for it by then comes back. */
  | (Displaced & {
      readonly type: 'cancelled';
      readonly model: string;
      readonly replacedBy?: string;
      readonly goesOn: boolean;
    })
  /** What had made room for it comes back where there is room. */
  | (Displaced & {
      readonly type: 'failed';
      readonly model: string;
      readonly failure: Failure;
      /** Where it cannot be loaded as things are. */
      readonly never?: Never;
    });

/** How an order ended. */
export type SwitchEnd = Exclude<SwitchEvent, { type: 'progress' }>;

export type Order = By & {
  readonly model: string;
  readonly orderedAt: number;
  /** What was told of it last. */
  readonly progress?: Progress;
};

/** Loads that people order: now, whoever waits; one after the other. */
export type Switching = {
  /**
   * Orders a load, at once, and tells what becomes of it until it has ended. `onEnd` is told how that was, whoever
   * listens.
   */
  order(
    model: string,
    by: By,
    onEnd?: (end: SwitchEnd) => void,
  ): AsyncGenerator<SwitchEvent, void, undefined>;
  /** Gives up these orders. Returns how many there were. */
  cancel(which: (order: Order) => boolean): number;
  /** The order that is carried out, and those behind it. */
  orders(): readonly Order[];
  /** Ends those that are fulfilled. */
  settle(isReady: (model: string) => boolean): void;
  /** Tells each what is happening to it. */
  tell(progressOf: (order: Order) => Progress): void;
  onLoadEnd(end: LoadEnd): void;
  /** Ends the orders of a model that cannot be loaded. */
  refuse(model: string, error: OstlerError, never?: Never): void;
};

type Surroundings = {
  readonly clock: Clock;
  /** Who makes room for a load that is under way. */
  readonly displacedBy: (model: string) => Displaced;
  /** Whether the model is loaded all the same when nobody orders it any more. */
  readonly goesOn: (model: string) => boolean;
  /** Everything ends: nothing more is ordered. */
  readonly stopped: AbortSignal;
  /** Something changed: decide again. */
  readonly onChange: () => void;
};

type Entry = Order & {
  progress?: Progress;
  /** What had left for it when an earlier attempt ended. */
  gone: readonly string[];
  wasMissing: boolean;
  told: string;
  push(event: SwitchEvent): void;
};

export function createSwitching({ clock, displacedBy, goesOn, stopped, onChange }: Surroundings): Switching {
  let entries: readonly Entry[] = [];

  function end(entry: Entry, event: SwitchEvent): void {
    entries = entries.filter((other) => other !== entry);
    entry.push(event);
    onChange();
  }

  function cancel(entry: Entry, replacedBy?: string): void {
    const { model } = entry;
    const displaced = withEarlier(entry, displacedBy(model));
    entries = entries.filter((other) => other !== entry);
    const isWanted = replacedBy === model || entries.some((other) => other.model === model) || goesOn(model);
    const by = replacedBy !== undefined && { replacedBy };
    end(entry, { type: 'cancelled', model, ...by, goesOn: isWanted, ...displaced });
  }

  function refuse(model: string, error: OstlerError, never?: Never, displaced: Displaced = NOBODY): void {
    const why = { failure: toFailure(error), ...(never && { never }) };
    for (const entry of entries.filter((other) => other.model === model))
      end(entry, { type: 'failed', model, ...why, ...withEarlier(entry, displaced) });
  }

  /** Whoever stops to listen gives up nothing: what was ordered is carried out all the same. */
  async function* listen(inbox: SwitchEvent[], news: () => Promise<void>) {
    for (;;) {
      const event = inbox.shift();
      if (event) yield event;
      else await news();
      if (event && event.type !== 'progress') return;
    }
  }

  return {
    order(model, by, onEnd) {
      if (stopped.aborted) {
        throw new OstlerError('Ostler is stopping.', {
          code: 'stopping',
          hint: 'Order it again in a moment.',
          retryable: true,
        });
      }
      const inbox: SwitchEvent[] = [];
      let wake = () => {};
      const news = () =>
        new Promise<void>((resolve) => {
          wake = resolve;
        });
      const push = (event: SwitchEvent) => {
        inbox.push(event);
        wake();
        if (event.type !== 'progress') onEnd?.(event);
      };
      const olders = entries.filter(({ person }) => person === by.person);
      const gone = olders.find((older) => older.model === model)?.gone ?? [];
      const orderedAt = clock.now();
      entries = [...entries, { model, ...by, orderedAt, gone, wasMissing: false, told: '', push }];
      // With the newer one in sight: whether the older ones' models are loaded all the same depends on it.
      for (const older of olders) cancel(older, model);
      onChange();
      return listen(inbox, news);
    },

    cancel(which) {
      const meant = entries.filter(which);
      for (const entry of meant) cancel(entry);
      return meant.length;
    },

    orders: () => entries,

    settle(isReady) {
      for (const entry of entries) {
        const { model, orderedAt, wasMissing } = entry;
        const seconds = (clock.now() - orderedAt) / 1_000;
        if (isReady(model)) end(entry, { type: 'loaded', model, already: !wasMissing, seconds });
        else entry.wasMissing = true;
      }
    },

    tell(progressOf) {
      for (const entry of entries) {
        const progress = progressOf(entry);
        const text = JSON.stringify(progress);
        if (entry.told === text) continue;
        entry.told = text;
        entry.progress = progress;
        entry.push({ type: 'progress', progress });
      }
    },

    onLoadEnd({ model, error, isFinal, gone, leaving }) {
      if (error && isFinal) refuse(model, error, undefined, { gone, leaving });
      for (const entry of entries) if (entry.model === model) entry.gone = [...entry.gone, ...gone];
    },

    refuse,
  };
}

function withEarlier({ gone }: Entry, displaced: Displaced): Displaced {
  return { gone: [...new Set([...gone, ...displaced.gone])], leaving: displaced.leaving };
}
