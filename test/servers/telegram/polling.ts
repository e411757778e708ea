import type { Call } from './call.ts';
import { conflict } from './errors.ts';
import type { Events } from './events.ts';
import type { Updates } from './updates.ts';

const MOST_UPDATES = 100;
const LONGEST_POLL_SECONDS = 50;

type Held = { end(why: 'updates' | 'timeout' | 'conflict' | 'left', error?: Error): void };

/** getUpdates: https://core.telegram.org/bots/api#getupdates */
export type Polling = {
  getUpdates(call: Call): Promise<readonly unknown[]>;
  /** Ends a held poll with a 409. */
  interrupt(by: string): void;
  /** 1 while a poll is held. */
  pollers(): number;
  /** Ends what is held: with the error, or with nothing. */
  close(error?: Error): void;
};

export function createPolling(parts: {
  readonly updates: Updates;
  readonly events: Events;
  readonly webhookActive: () => boolean;
}): Polling {
  const { updates, events, webhookActive } = parts;
  let held: Held | undefined;
  updates.onAdd(() => held?.end('updates'));

  const take = (limit: number): readonly unknown[] =>
    updates.first(limit).map((pending) => {
      pending.delivered = true;
      return pending.update;
    });

  const interrupt = (by: string) => held?.end('conflict', conflict(`terminated by ${by}`));

  const hold = (call: Call, limit: number, seconds: number): Promise<readonly unknown[]> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => self.end('timeout'), seconds * 1_000);
      const self: Held = {
        end(why, error) {
          if (held === self) held = undefined;
          clearTimeout(timer);
          stopWatching();
          const found = why === 'updates' ? take(limit) : [];
          if (error) reject(error);
          else resolve(found);
          events.emit({ type: 'poll-ended', why, updates: found.length });
        },
      };
      const stopWatching = call.onLeft(() => self.end('left'));
      held = self;
      events.emit({ type: 'poll-held' });
    });

  return {
    async getUpdates(call) {
      const { parameters } = call;
      if (webhookActive()) {
        throw conflict(
          "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        );
      }
      interrupt('other getUpdates request; make sure that only one bot instance is running');
      const offset = parameters.integer('offset') ?? 0;
      const limit = parameters.integer('limit') ?? MOST_UPDATES;
      const seconds = Math.min(LONGEST_POLL_SECONDS, Math.max(0, parameters.integer('timeout') ?? 0));
      const allowed = parameters.json('allowed_updates');
      if (Array.isArray(allowed)) updates.allow(allowed.map(String));
      if (offset !== 0) updates.confirm(offset);
      const most = limit >= 1 && limit <= MOST_UPDATES ? limit : MOST_UPDATES;
      const found = take(most);
      return found.length > 0 || seconds === 0 ? found : hold(call, most, seconds);
    },
    interrupt,
    pollers: () => (held ? 1 : 0),
    close: (error) => held?.end('left', error),
  };
}
