import { createHmac } from 'node:crypto';
import type { ModelOptions } from '../path/job.ts';
import type { GenerateRequest, Turn } from '../ports/generate.ts';
import { hashTurns } from './hash-turns.ts';

/** Raise it when anything about the key changes: what was kept before is then not found any more. */
const VERSION = 'ostler 1';
/**
 * So many turns together enter by a digest of their own, which is remembered: a conversation grows at its end. One
 * digest per turn would cost a new question half as much again.
 */
const BLOCK = 20;
/** Their digests are remembered, so that not every key needs two. */
const MOST_SCOPES = 1_000;
const OWNER_LENGTH = 22;

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
    const digests = known[kind];
    const digest = digests.get(id);
    if (digest !== undefined) return digest;
    const made = createHmac('sha256', secret).update(`${kind} ${id}`).digest('base64');
    if (digests.size >= MOST_SCOPES) digests.clear();
    digests.set(id, made);
    return made;
  }

  return ({ request, digest, scope, epochs }) => {
    if (digest === undefined || !epochs.every(Number.isFinite) || !isExact(request.format)) return undefined;
    const options = optionsText(request.options);
    if (options === undefined) return undefined;
    const { model, turns, format, think } = request;
    const header =
      `${VERSION} ${scopeDigest(scope)} ${epochs.join()} ${sized(digest)}${sized(model)}${options}` +
      `${think} ${format === undefined ? '' : JSON.stringify(format)}\n`;
    const digests = blockDigests(turns);
    if (digests === undefined) return undefined;
    const inBlocks = turns.length - (turns.length % BLOCK);
    return hashTurns(`${header}${turns.length} ${digests}`, turns, inBlocks, 'hex');
  };
}

/** Stands for a person or a chat without saying who that is. */
export function createOwnerOf(secret: string): (name: string) => string {
  return (name) =>
    createHmac('sha256', secret).update(`owner ${name}`).digest('base64url').slice(0, OWNER_LENGTH);
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
    const given = options[name];
    const value = typeof given === 'number' && name === 'temperature' ? rounded(given) : given;
    if (!isExact(value)) return undefined;
    text += `${name.length} ${name}${typeof value === 'number' ? value : JSON.stringify(value)},`;
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

/** Of all full blocks. Undefined where one cannot be hashed. */
function blockDigests(turns: readonly Turn[]): string | undefined {
  let digests = '';
  for (let at = 0; at + BLOCK <= turns.length; at += BLOCK) {
    const digest = blockDigest(turns, at);
    if (digest === undefined) return undefined;
    digests += digest;
  }
  return digests;
}

function blockDigest(turns: readonly Turn[], from: number): string | undefined {
  const first = turns[from] as Turn;
  const known = blocks.get(first);
  if (known?.turns.every((turn, at) => turn === turns[from + at])) return known.digest;
  const block = turns.slice(from, from + BLOCK);
  const digest = hashTurns('', block, 0, 'base64');
  if (digest === undefined || !block.every(isFrozen)) return digest;
  blocks.set(first, { turns: block, digest });
  return digest;
}

function isFrozen(turn: Turn): boolean {
  return Object.isFrozen(turn) && (turn.images === undefined || Object.isFrozen(turn.images));
}
