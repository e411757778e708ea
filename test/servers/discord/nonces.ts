/** "Past few minutes": https://docs.discord.com/developers/resources/message#create-message */
const REMEMBERED_MS = 5 * 60_000;

/** A nonce belongs to its author, in whichever channel it was sent. */
export type Nonces = {
  /** The message that was sent with it a short time ago; it may be gone. */
  find(nonce: string | number): string | undefined;
  keep(nonce: string | number, message: string): void;
};

export function createNonces(now: () => number): Nonces {
  const known = new Map<string, { readonly message: string; readonly atMs: number }>();
  return {
    find(nonce) {
      const entry = known.get(String(nonce));
      return entry && now() - entry.atMs < REMEMBERED_MS ? entry.message : undefined;
    },
    keep: (nonce, message) => void known.set(String(nonce), { message, atMs: now() }),
  };
}
