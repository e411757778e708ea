import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseName } from './names.ts';

const positive = z.number().positive();
const count = z.number().int().positive();

const modelSpec = z.strictObject({
  tag: z.string().refine((tag) => parseName(tag) !== undefined, 'is not a model name'),
  /** Of the same name another one has other files, and another digest. */
  revision: z.string().optional(),
  /** With another one the digest is another, and the files are the same. */
  template: z.string().optional(),
  /** On disk, in 10^9 bytes. */
  sizeGb: positive,
  capabilities: z
    .array(z.enum(['completion', 'vision', 'thinking', 'tools', 'embedding', 'insert']))
    .optional(),
  /** The context that the model was trained for, in tokens. */
  contextLength: count.optional(),
  parameterSize: z
    .string()
    .regex(/^\d+(\.\d+)?[KMBT]$/, 'looks like 7.6B')
    .optional(),
  family: z.string().min(1).optional(),
  layers: count.optional(),
  heads: count.optional(),
  kvHeads: count.optional(),
  embeddingLength: count.optional(),
  /** A whole load from disk, and one whose file is in RAM. Left out: by size. */
  coldSeconds: positive.optional(),
  warmSeconds: positive.optional(),
  tokensPerSecond: positive.optional(),
  /** Reading a prompt takes so long. Left out: by its length. */
  prefillSeconds: positive.optional(),
  /** The Modelfile's PARAMETER lines. */
  parameters: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .optional(),
});

export type ModelSpec = z.infer<typeof modelSpec>;

const modelSpecs = z
  .array(modelSpec)
  .min(1)
  .superRefine((specs, context) => {
    const tags = specs.map(({ tag }) => parseName(tag)?.full.toLowerCase() ?? tag);
    for (const [index, tag] of tags.entries()) {
      if (tags.indexOf(tag) === index) continue;
      context.addIssue({ code: 'custom', path: [index, 'tag'], message: 'is there twice' });
    }
  });

/** Reads a JSON or YAML list of models. Throws an Error that names the file and each wrong field. */
export function readModelFile(path: string): readonly ModelSpec[] {
  let value: unknown;
  try {
    value = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  return checkModels(value, path);
}

/** Throws an Error that names each wrong field. */
export function checkModels(value: unknown, source: string): readonly ModelSpec[] {
  const result = modelSpecs.safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `  ${path.join('.') || 'list'}: ${message}`);
  throw new Error(`${source} is not a list of models:\n${lines.join('\n')}`, { cause: result.error });
}
