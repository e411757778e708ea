import type { Clock } from '../../src/ports/clock.ts';

/** Questions in groups of which more may come, by chat and key. */
export type Gathering = {
  begin(chat: string, key: string, forMs: number): void;
  isOpen(chat: string, key: string): boolean;
};

export function createGathering(clock: Clock): Gathering {
  const open = new Map<string, number>();
  const name = (chat: string, key: string) => `${chat} ${key}`;

  return {
    begin(chat, key, forMs) {
      for (const [old, until] of open) if (until <= clock.now()) open.delete(old);
      if (forMs > 0) open.set(name(chat, key), clock.now() + forMs);
    },
    isOpen: (chat, key) => (open.get(name(chat, key)) ?? 0) > clock.now(),
  };
}
