import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { seeded } from '../../../demo/ollama/seeded.ts';
import type { Outcome } from '../../../src/chat/exchange.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import { createMangler, type Original } from '../../servers/mangler.ts';
import { simulatedOllama, type TestOstler, testOstler } from '../../servers/ostler.ts';
import { KINDS, type Kind } from './kinds.ts';

/** Where the house talks to Ollama on the way of a question. */
type Stage = {
  readonly name: string;
  readonly endpoint: Kind['on'][number];
  readonly at: (asked: { readonly path: string; readonly body: string }) => boolean;
  /** The limits that end a silence there. */
  readonly limits: object;
};
const isUnload = (body: string) => body.includes('"keep_alive":0');
const version: Stage = {
  name: 'first contact',
  endpoint: 'version',
  at: ({ path }) => path === '/api/version',
  limits: { status_seconds: 0.2 },
};
const tags: Stage = { ...version, name: 'tags', endpoint: 'tags', at: ({ path }) => path === '/api/tags' };
const ps: Stage = { ...version, name: 'ps', endpoint: 'ps', at: ({ path }) => path === '/api/ps' };
const load: Stage = {
  name: 'load',
  endpoint: 'load',
  at: ({ path, body }) => path === '/api/generate' && !isUnload(body),
  limits: { load_seconds: 1 },
};
const unload: Stage = {
  name: 'unload',
  endpoint: 'unload',
  at: ({ path, body }) => path === '/api/generate' && isUnload(body),
  limits: { status_seconds: 1 },
};
const chat: Stage = {
  name: 'chat',
  endpoint: 'chat',
  at: ({ path }) => path === '/api/chat',
  limits: { first_part_seconds: 2, between_parts_seconds: 2 },
};

/** What a stage is tried again for costs an attempt each time. */
const MAX_RETRIES = 1;
const LANES = 40;
/** More often than anything is tried. */
const MANY = 50;
/** What is silent is given up soon, what is not may take its time. */
const LONG_SECONDS = 60;
const CALM = {
  status_seconds: LONG_SECONDS,
  load_seconds: LONG_SECONDS,
  first_part_seconds: LONG_SECONDS,
  between_parts_seconds: LONG_SECONDS,
};

const kindsAt = ({ endpoint }: Stage) => KINDS.filter(({ on }) => on.includes(endpoint));

/** A load that is never heard of by the server behind. */
const LOADED = `{"model":"x","created_at":"2026-01-01T00:00:00Z","response":"","done":true,"done_reason":"load"}`;
const pretended = async (): Promise<Original> => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  pieces: Readable.from([Buffer.from(LOADED)]),
});

/** A house whose Ollama mangles one stage, as often as `mangle` is told to. */
async function housed(kind: Kind, stage: Stage) {
  const ollama = await simulatedOllama();
  const random = seeded(1);
  let mangled = 0;
  let left = 0;
  let reachesOllama = true;
  const mangler = await createMangler(ollama.url, (asked) => {
    if (left <= 0 || !stage.at(asked)) return undefined;
    left -= 1;
    mangled += 1;
    const mangling = kind.mangle(random);
    return reachesOllama ? mangling : (_, client) => mangling(pretended, client);
  });
  const start = () =>
    testOstler(mangler, {
      llm: {
        models: { fast: 'qwen2.5:7b', code: 'deepseek-coder-v2:16b' },
        routing: { default: 'fast' },
        cache: { max_models: 1 },
        max_retries: MAX_RETRIES,
        timeouts: { ...CALM, ...(kind.silent && stage.limits) },
      },
    });
  return {
    start,
    mangled: () => mangled,
    mangle(times: number, more: { readonly reachesOllama: boolean } = { reachesOllama: true }) {
      left = times;
      reachesOllama = more.reachesOllama;
    },
    async nothingIsLeft(ostler: TestOstler) {
      await ollama.until(() => ollama.running() === 0 && ollama.queued() === 0);
      await ostler.close();
      await mangler.quiet();
      expect(ollama.open()).toBe(0);
      await ollama.close();
    },
  };
}

/** What the person is told, and after how many attempts. */
function failureAt(kind: Kind, stage: Stage): { code: ErrorCode; attempts: number } {
  // A load that never ends is given up by the house itself, and not begun again.
  if (stage === load && kind.silent) return { code: 'load_failed', attempts: 1 };
  const code = stage === chat ? kind.expects.stream : kind.expects.model;
  return { code, attempts: kind.final ? 1 : MAX_RETRIES + 1 };
}

const codeOf = (outcome: Outcome) => (outcome.kind === 'failure' ? outcome.failure.code : outcome.kind);

/** Some cases at once: most of their time is waiting. Each returns what was wrong with it. */
async function each(kinds: readonly Kind[], attempt: (kind: Kind) => Promise<string | undefined>) {
  // Every house that is open listens to the end of the process.
  process.setMaxListeners(2 * LANES);
  onTestFinished(() => void process.setMaxListeners(EventEmitter.defaultMaxListeners));
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  process.on('unhandledRejection', note).on('uncaughtException', note);
  onTestFinished(() => void process.off('unhandledRejection', note).off('uncaughtException', note));
  const wrong: string[] = [];
  const left = kinds.values();
  const lane = async () => {
    for (const kind of left) {
      const found = await attempt(kind);
      if (found !== undefined) wrong.push(`${kind.name}: ${found}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(wrong).toEqual([]);
  expect(uncaught).toEqual([]);
}

describe('a question', () => {
  it.each([version, tags, ps])(
    'is answered once the answers to $name are well again',
    async (stage) => {
      await each(kindsAt(stage), async (kind) => {
        const house = await housed(kind, stage);
        house.mangle(1);
        const ostler = await house.start();
        const found = codeOf(await ostler.ask('hello'));
        if (found !== 'answer') return found;
        if (house.mangled() !== 1) return 'was not mangled';
        await house.nothingIsLeft(ostler);
        return undefined;
      });
    },
    60_000,
  );

  it.each([load, chat])(
    'is tried again when its $name was mangled, unless that makes no sense',
    async (stage) => {
      await each(kindsAt(stage), async (kind) => {
        const house = await housed(kind, stage);
        house.mangle(1);
        const ostler = await house.start();
        const { code, attempts } = failureAt(kind, stage);
        const expected = attempts > 1 ? 'answer' : code;
        const first = codeOf(await ostler.ask('hello'));
        if (first !== expected) return `${first}, not ${expected}`;
        const second = codeOf(await ostler.ask('and now?'));
        if (second !== 'answer') return `then ${second}`;
        await house.nothingIsLeft(ostler);
        return undefined;
      });
    },
    60_000,
  );

  it.each([load, chat])(
    'fails for the right reason while its $name is mangled, the next one is answered',
    async (stage) => {
      await each(kindsAt(stage), async (kind) => {
        const house = await housed(kind, stage);
        house.mangle(MANY, { reachesOllama: stage === chat });
        const ostler = await house.start();
        const { code, attempts } = failureAt(kind, stage);
        const first = codeOf(await ostler.ask('hello'));
        if (first !== code) return `${first}, not ${code}`;
        if (house.mangled() !== attempts) return `${house.mangled()} attempts, not ${attempts}`;
        house.mangle(0);
        const second = codeOf(await ostler.ask('and now?'));
        if (second !== 'answer') return `then ${second}`;
        await house.nothingIsLeft(ostler);
        return undefined;
      });
    },
    60_000,
  );

  it.each([unload, ps])(
    'for another model is answered although the $name on the way was mangled',
    async (stage) => {
      await each(kindsAt(stage), async (kind) => {
        const house = await housed(kind, stage);
        const ostler = await house.start();
        await ostler.ask('hello');
        house.mangle(1);
        const expected = stage === unload && kind.final ? kind.expects.model : 'answer';
        const found = codeOf(await ostler.ask('and you?', { model: 'code' }));
        if (found !== expected) return `${found}, not ${expected}`;
        if (house.mangled() !== 1) return 'was not mangled';
        await house.nothingIsLeft(ostler);
        return undefined;
      });
    },
    60_000,
  );
});
