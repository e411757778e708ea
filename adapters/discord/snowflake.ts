/** https://docs.discord.com/developers/reference#snowflakes */
const EPOCH_MS = 1_420_070_400_000;
const TIME_SHIFT = 22n;

/** When an id was made, in milliseconds since 1970. */
export function timeOf(id: string): number {
  return Number(BigInt(id) >> TIME_SHIFT) + EPOCH_MS;
}

/** The smallest id of that time. */
export function firstIdAt(ms: number): string {
  return String(BigInt(Math.max(0, Math.floor(ms - EPOCH_MS))) << TIME_SHIFT);
}

/** Ids grow with time. */
export function isLater(one: string, other: string): boolean {
  return BigInt(one) > BigInt(other);
}
