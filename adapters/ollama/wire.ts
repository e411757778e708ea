import { z } from 'zod';

/** What Ollama answers, as far as we read it (api/types.go). Unknown fields pass. */

const details = z.looseObject({ family: z.string().optional() });

export const versionAnswer = z.looseObject({ version: z.string() });

export const tagsAnswer = z.looseObject({
  models: z.array(
    z.looseObject({
      name: z.string(),
      digest: z.string(),
      size: z.number(),
      modified_at: z.string(),
      details: details.nullish(),
      capabilities: z.array(z.string()).nullish(),
    }),
  ),
});

export const showAnswer = z.looseObject({
  parameters: z.string().nullish(),
  model_info: z.record(z.string(), z.unknown()).nullish(),
  capabilities: z.array(z.string()).nullish(),
});

export const psAnswer = z.looseObject({
  models: z.array(
    z.looseObject({
      name: z.string(),
      digest: z.string(),
      size: z.number(),
      size_vram: z.number(),
      expires_at: z.string(),
      context_length: z.number().nullish(),
    }),
  ),
});

const message = z.looseObject({ content: z.string().nullish(), thinking: z.string().nullish() });

const duration = z.number().min(0).nullish();

export const chatChunk = z.union([
  z.looseObject({ error: z.string() }),
  z.looseObject({
    message,
    done: z.boolean(),
    done_reason: z.string().nullish(),
    load_duration: duration,
    prompt_eval_count: duration,
    eval_count: duration,
    eval_duration: duration,
  }),
]);
