import { z } from 'zod';

/** What Ollama answers, as far as we read it (api/types.go). Unknown fields pass. */

const bytes = z.number().min(0);

export const versionAnswer = z.looseObject({ version: z.string() });

export const tagsAnswer = z.looseObject({
  models: z.array(
    z.looseObject({
      name: z.string().min(1),
      digest: z.string(),
      size: bytes,
      modified_at: z.string(),
      capabilities: z.array(z.string()).nullish(),
    }),
  ),
});

export const showAnswer = z.looseObject({
  /** Not read; every version sends it, and without it this would be any object. */
  details: z.looseObject({}),
  parameters: z.string().nullish(),
  modelfile: z.string().nullish(),
  model_info: z.record(z.string(), z.unknown()).nullish(),
  capabilities: z.array(z.string()).nullish(),
});

export const psAnswer = z.looseObject({
  models: z.array(
    z.looseObject({
      name: z.string().min(1),
      digest: z.string(),
      size: bytes,
      size_vram: bytes,
      expires_at: z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'is no date'),
      context_length: z.number().min(0).nullish(),
    }),
  ),
});

const failed = z.looseObject({ error: z.string() });

/** Of a load and of an unload. */
export const doneAnswer = z.union([failed, z.looseObject({ done: z.literal(true) })]);

export const pullLine = z.union([
  failed,
  z.looseObject({
    /** The package takes any line that has this for a failure. */
    error: z.never().optional(),
    status: z.string(),
    completed: z.number().min(0).optional(),
    total: z.number().min(0).optional(),
  }),
]);

const message = z.looseObject({ content: z.string().nullish(), thinking: z.string().nullish() });

const count = z.number().min(0).nullish();

export const chatChunk = z.union([
  failed,
  z.looseObject({
    /** The package takes any line that has this for a failure. */
    error: z.never().optional(),
    message,
    done: z.boolean(),
    done_reason: z.string().nullish(),
    total_duration: count,
    load_duration: count,
    prompt_eval_duration: count,
    prompt_eval_count: count,
    eval_count: count,
    eval_duration: count,
  }),
]);
