/** Before anything is learned. */
const FIRST_GUESS_MS = 8_000;
const LEARNING_RATE = 0.1;

/** How long a model takes for an answer, learned from those that it gave; in milliseconds. */
export type ServiceTime = {
  of(tag: string): number;
  learn(tag: string, ms: number): void;
};

/** `remembered`: from earlier lives. */
export function createServiceTime(
  remembered: (tag: string) => number | undefined = () => undefined,
): ServiceTime {
  const learned = new Map<string, number>();
  const of = (tag: string) => learned.get(tag) ?? remembered(tag) ?? FIRST_GUESS_MS;
  return { of, learn: (tag, ms) => void learned.set(tag, of(tag) + LEARNING_RATE * (ms - of(tag))) };
}
