import { createHmac, hash } from 'node:crypto';
import type { ModelOptions } from '../path/job.ts';

import type { GenerateRequest, Turn } from '../ports/generate.ts';
import { hashParts } from './hash-parts.ts';

/** Raise it when anything about the key changes: what was kept before is then not found any more. */
const VERSION = 'ostler 1';
/** So many turns together enter by a digest of their own, which is remembered: a conversation grows at its end. */
const BLOCK = 16;
/** Their digests are remembered, so that not every key needs two. */
const MOST_SCOPES = 1_000;

/** Who gets an answer again. Of `shared`, every question has the same id. */
export type Scope = { readonly kind: 'user' | 'chat' | 'shared'; readonly id: string };

export type Keyed = {
  /** Exactly as it would be sent, after trimming and rendering. */
  readonly request: GenerateRequest;
  /** What the model's tag stands for now; undefined: not known, and nothing may be kept. */
  readonly digest: string | undefined;
  readonly scope: Scope;
  /** Raising one of them makes everything older unreachable. */
  readonly epochs: readonly number[];
};

/** The key of a request, in hexadecimal; undefined: it has none, the cache is passed by. */
export type KeyOf = (keyed: Keyed) => string | undefined;

/**
 * Two requests share a key exactly when the same would be sent to the same model in the same scope at the same
 * epochs. How long the model stays in memory is no part of it. The secret hides who a key belongs to.
 */
export function createKeyOf(secret: string): KeyOf {
  const known = {
    user: new Map<string, string>(),
    chat: new Map<string, string>(),
    shared: new Map<string, string>(),
  };

  function scopeDigest({ kind, id }: Scope): string {
    const digest =
      known[kind].get(id) ?? createHmac('sha256', secret).update(`${kind} ${id}`).digest('base64');
    if (known[kind].size >= MOST_SCOPES) known[kind].clear();
    known[kind].set(id, digest);
    return digest;
  }

  return ({ request, digest, scope, epochs }) => {
    if (digest === undefined || !epochs.every(Number.isFinite) || !isExact(request.format)) return undefined;
    const options = optionsText(request.options);
    const turns = conversation(request.turns);
    if (options === undefined || turns === undefined) return undefined;
    const { model, format, think } = request;
    const header =
      `${VERSION} ${scopeDigest(scope)} ${epochs.join()} ${sized(digest)}${sized(model)}${options}` +
      `${think} ${format === undefined ? '' : JSON.stringify(format)}\n`;
    turns[0] = header + turns[0];
    return hashParts(turns, 'hex');
  };
}

/** Temperatures that differ less than anybody could tell are the same: rounded to 2 decimals, also when sent. */
export function roundTemperature(options: ModelOptions): ModelOptions {
  const { temperature } = options;
  return typeof temperature === 'number' ? { ...options, temperature: rounded(temperature) } : options;
}

function rounded(temperature: number): number {
  return Math.round(temperature * 100) / 100;
}

/** Undefined where a number is none. */
function optionsText(options: ModelOptions): string | undefined {
  let text = '';
  for (const name of Object.keys(options).sort()) {
    const value = options[name];
    if (!isExact(value)) return undefined;
    const exact = typeof value === 'number' && name === 'temperature' ? rounded(value) : value;
    text += `${name.length} ${name}${typeof exact === 'number' ? exact : JSON.stringify(exact)},`;
  }
  return text;
}

/** JSON has no NaN and no Infinity: it writes null for them all. */
function isExact(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isExact);
}

function sized(text: string): string {
  return `${text.length} ${text}`;
}

type Block = { readonly turns: readonly Turn[]; readonly digest: string };

/** Of turns that cannot change any more, by the first one of each block. */
const blocks = new WeakMap<Turn, Block>();

/** Undefined where a text cannot be hashed. */
function conversation(turns: readonly Turn[]): string[] | undefined {
  let digests = `${turns.length} `;
  let at = 0;
  for (; at + BLOCK <= turns.length; at += BLOCK) {
    const digest = blockDigest(turns, at);
    if (digest === undefined) return undefined;
    digests += digest;
  }
  const parts = written(turns, at, turns.length);
  parts[0] = digests + parts[0];
  return parts;
}

function blockDigest(turns: readonly Turn[], from: number): string | undefined {
  const first = turns[from] as Turn;
  const known = blocks.get(first);
  if (known?.turns.every((turn, at) => turn === turns[from + at])) return known.digest;
  const digest = hashParts(written(turns, from, from + BLOCK), 'base64');
  if (digest === undefined || !isFrozen(first)) return digest;
  const block = turns.slice(from, from + BLOCK);
  if (block.every(isFrozen)) blocks.set(first, { turns: block, digest });
  return digest;
}

function isFrozen(turn: Turn): boolean {
  return Object.isFrozen(turn) && (turn.images === undefined || Object.isFrozen(turn.images));
}

/** Who said something and how long it is, of those turns, then what each said. */
function written(turns: readonly Turn[], from: number, to: number): string[] {
  const parts = [''];
  let frames = '';
  for (let at = from; at < to; at += 1) {
    const { role, content, images } = turns[at] as Turn;
    frames += `${role} ${content.length}${images ? picturesOf(images) : ''};`;
    parts.push(content);
  }
  parts[0] = frames;
  return parts;
}

function picturesOf(images: readonly string[]): string {
  return `,${images.map((image) => hash('sha256', Buffer.from(image, 'base64'))).join()}`;
}
