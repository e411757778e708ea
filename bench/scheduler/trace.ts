import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BadOption } from '../bench.ts';

const LIKE_THIS = 'One that is understood: bench/scheduler/example-trace.json';
/** Further mistakes of one file would repeat the first ones. */
const MOST_MISTAKES = 10;

const positive = z.number().positive();
const notNegative = z.number().nonnegative();

const modelSchema = z
  .strictObject({
    name: z.string().min(1),
    gb: positive,
    /** Length of a load from the disk, and of one whose file is in the page cache. */
    coldSeconds: notNegative,
    warmSeconds: notNegative,
    /** Until the first token, alone on the GPU. */
    prefillSeconds: notNegative,
    tokensPerSecond: positive,
    /** Answers at once. */
    parallel: z.int().positive(),
  })
  .refine(({ coldSeconds, warmSeconds }) => warmSeconds <= coldSeconds, {
    path: ['warmSeconds'],
    error: 'a warm load is never longer than a cold one',
  });

const requestSchema = z.strictObject({
  atSeconds: notNegative,
  /** The place of its model in the list. */
  model: z.int().nonnegative(),
  /** The questions of one chat are answered one after the other. */
  chat: z.union([z.number(), z.string()]),
  tokens: notNegative,
  /** Where the one before it in its chat ends later than it was asked: it is asked so long after that end. */
  thinkSeconds: notNegative.exactOptional(),
});

const traceSchema = z
  .strictObject({
    vramGb: positive,
    /** What the page cache holds of the models' files; 0: every load is a cold one. */
    ramGb: notNegative,
    models: z.array(modelSchema).min(1),
    requests: z.array(requestSchema).min(1),
  })
  .superRefine(({ vramGb, models, requests }, context) => {
    const complain = (message: string, ...path: PropertyKey[]) =>
      context.addIssue({ code: 'custom', path, message });
    for (const [at, { gb }] of models.entries()) {
      if (gb > vramGb) complain(`${gb} GB are more than the ${vramGb} of vramGb`, 'models', at, 'gb');
    }
    for (const [at, { model }] of requests.entries()) {
      if (model >= models.length)
        complain(`there are ${models.length} models, the first is 0`, 'requests', at, 'model');
    }
  });

export type TraceModel = Readonly<z.infer<typeof modelSchema>>;
export type TraceRequest = Readonly<z.infer<typeof requestSchema>>;

/** A machine, its models, and who asks for which of them when. */
export type Trace = {
  readonly vramGb: number;
  readonly ramGb: number;
  readonly models: readonly TraceModel[];
  readonly requests: readonly TraceRequest[];
};

/** Throws a BadOption that names every place where the file is not understood. */
export async function readTrace(file: string): Promise<Trace> {
  const read = traceSchema.safeParse(await parse(file));
  if (read.success) return read.data;
  const places = read.error.issues.map(
    ({ path, message }) => `  ${z.core.toDotPath(path) || 'the whole'}: ${message}`,
  );
  const more = places.length > MOST_MISTAKES ? [`  and ${places.length - MOST_MISTAKES} more`] : [];
  const lines = [`${file} is no trace:`, ...places.slice(0, MOST_MISTAKES), ...more, LIKE_THIS];
  throw new BadOption(lines.join('\n'));
}

async function parse(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new BadOption(`${file} cannot be read: ${cause.message}`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BadOption(`${file} is no JSON: ${why}\n${LIKE_THIS}`, { cause });
  }
}
