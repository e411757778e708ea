import { z } from 'zod';

const VERSION = 1;
/** No answer is longer. */
const MOST_CHARACTERS = 2_000_000;

const schema = z.object({
  v: z.literal(VERSION),
  text: z.string().min(1),
  thinking: z.string().optional(),
  simulated: z.literal(true).optional(),
  promptTokens: z.number().min(0),
  tokens: z.number().min(0),
  /** How long the model wrote at it. */
  seconds: z.number().min(0),
  /** When it was written: milliseconds since 1970. */
  at: z.number(),
});

/** What is kept of an answer. */
export type CacheEntry = Readonly<z.infer<typeof schema>>;

export function makeEntry(entry: Omit<CacheEntry, 'v'>): CacheEntry {
  return { v: VERSION, ...entry };
}

export function writeEntry(entry: CacheEntry): string {
  return JSON.stringify(entry);
}

/** Undefined for what is no entry, or one of another version. */
export function readEntry(text: string): CacheEntry | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data as CacheEntry | undefined;
  } catch {
    return undefined;
  }
}

/** About how much memory it takes, in bytes. */
export function sizeOf({ text, thinking = '' }: CacheEntry): number {
  return 2 * (text.length + thinking.length) + 200;
}
