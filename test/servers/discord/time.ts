/** https://docs.discord.com/developers/reference#snowflakes */
const DISCORD_EPOCH_MS = 1_420_070_400_000;
const TIME_SHIFT = 22n;

/** The server's clock: monotonic, by the wall, and as ids that grow with it. */
export type Time = {
  /** Monotonic milliseconds. */
  now(): number;
  /** The wall's milliseconds for a monotonic time, or for now. */
  wall(atMs?: number): number;
  iso(atMs?: number): string;
  /** A new id, larger than all before. */
  snowflake(): string;
};

export function createTime(now: () => number): Time {
  const offsetMs = Date.now() - now();
  let last = 0n;
  const wall = (atMs = now()) => Math.floor(offsetMs + atMs);
  return {
    now,
    wall,
    iso: (atMs) => new Date(wall(atMs)).toISOString().replace('Z', '000+00:00'),
    snowflake() {
      const first = BigInt(wall() - DISCORD_EPOCH_MS) << TIME_SHIFT;
      last = first > last ? first : last + 1n;
      return String(last);
    },
  };
}
