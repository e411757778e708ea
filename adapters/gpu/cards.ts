/** The memory of one GPU, in bytes. */
export type Card = { readonly totalBytes: number; readonly usedBytes: number };

/**
 * Less is what a BIOS sets aside for a GPU without memory of its own: its models live in the RAM, or Ollama leaves it
 * alone.
 */
const LEAST_BYTES = 1.5 * 1_024 ** 3;

/** All cards that models may live on, together. Undefined where there is none, or one of them is not understood. */
export function addUp(cards: readonly (Card | undefined)[]): Card | undefined {
  const known = cards.flatMap((card) => (card && isPlausible(card) ? [card] : []));
  if (known.length < cards.length) return undefined;
  const own = known.filter(({ totalBytes }) => totalBytes >= LEAST_BYTES);
  if (own.length === 0) return undefined;
  const sum = (bytesOf: (card: Card) => number) => own.reduce((bytes, card) => bytes + bytesOf(card), 0);
  return { totalBytes: sum(({ totalBytes }) => totalBytes), usedBytes: sum(({ usedBytes }) => usedBytes) };
}

function isPlausible({ totalBytes, usedBytes }: Card): boolean {
  return totalBytes > 0 && usedBytes <= totalBytes;
}

/** Two whole numbers as programs and files tell them. */
export function toCard(total: string, used: string, unitBytes: number): Card | undefined {
  if (!/^\d+$/.test(total) || !/^\d+$/.test(used)) return undefined;
  return { totalBytes: Number(total) * unitBytes, usedBytes: Number(used) * unitBytes };
}
