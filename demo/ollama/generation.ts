import type { Body } from './body-types.ts';
import { brokenEngine, noImages } from './errors.ts';
import type { Events } from './events.ts';
import type { EngineFault, Faults } from './faults.ts';
import type { GpuShare } from './gpu-share.ts';
import { jsonAnswer } from './json-answer.ts';
import { tokensPerSecond } from './memory.ts';
import type { SimulatedModel } from './models.ts';
import type { Pace } from './pace.ts';
import type { Resident } from './resident.ts';
import { numberOf } from './runner-options.ts';
import type { Lease } from './scheduler.ts';
import { type Answer, type AnswerRequest, type SeenTurn, simulateThoughts, splitTokens } from './words.ts';

/** Reading a prompt is this much faster than writing an answer. */
const PREFILL_FACTOR = 25;
const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_TURN = 4;
const TOKENS_PER_IMAGE = 576;

export type Ask = {
  readonly model: SimulatedModel;
  readonly turns: readonly SeenTurn[];
  readonly options: Body;
  readonly think: boolean;
  readonly format: unknown;
  /** Tokens of a conversation that /api/generate was given as numbers. */
  readonly contextTokens: number;
};

type Piece =
  | { readonly type: 'thinking' | 'text'; readonly text: string }
  | { readonly type: 'end'; readonly reason: 'stop' | 'length'; readonly usage: Usage };

export type Usage = {
  readonly prompt_eval_count: number;
  readonly prompt_eval_duration: number;
  readonly eval_count: number;
  readonly eval_duration: number;
};

/** The connection is to end without another word. */
export class DroppedConnection extends Error {}

export type Generate = (ask: Ask, lease: Lease, signal: AbortSignal) => AsyncGenerator<Piece>;

/** Waits for one of the model's slots, reads the prompt and writes the answer. */
export function createGenerate(parts: {
  readonly seed: number;
  readonly answer: Answer;
  readonly pace: Pace;
  readonly gpu: GpuShare;
  readonly faults: Faults;
  readonly events: Events;
  readonly expireAll: () => void;
  readonly count: (change: 1 | -1) => void;
}): Generate {
  const { seed, answer, pace, gpu, faults, events, expireAll, count } = parts;

  const fail = (fault: EngineFault, resident: Resident): Error => {
    if (fault.type === 'connection-drops') return new DroppedConnection();
    resident.dead = true;
    if (fault.type === 'stream-breaks') return brokenEngine('unexpected EOF');
    expireAll();
    return brokenEngine('CUDA error: out of memory');
  };

  return async function* generate(ask, lease, signal) {
    const { tag } = ask.model;
    const { resident } = lease;
    let giveBack: (() => void) | undefined;
    let end = () => {};
    let outcome: 'stop' | 'length' | 'broken' | 'aborted' = 'aborted';
    let tokens = 0;
    try {
      giveBack = await resident.slots.take(signal);
      end = gpu.begin(tag);
      count(1);
      events.emit({ type: 'generation-begin', model: tag });
      const fault = faults.take(['stream-breaks', 'runtime-out-of-memory', 'connection-drops'], tag);
      const hold = faults.takeHold('generation', tag);
      const pauses = async () => {
        if (hold?.afterTokens === tokens) await hold.wait(signal);
        if (fault?.afterTokens !== tokens) return;
        outcome = 'broken';
        throw fail(fault, resident);
      };
      if (ask.turns.some(({ images }) => images > 0) && !ask.model.capabilities.includes('vision')) {
        outcome = 'broken';
        throw noImages();
      }
      const written = write(ask, answer, seed);
      const tokenSeconds =
        1 / tokensPerSecond(ask.model, resident.memory.gpu.bytes, resident.memory.cpu.bytes);
      const promptTokens = countPrompt(ask);
      const prefillSeconds = ask.model.prefillSeconds ?? (promptTokens * tokenSeconds) / PREFILL_FACTOR;
      const startedAt = performance.now();
      await pace.sleep(prefillSeconds * gpu.slowdown(tag), signal);
      const readAt = performance.now();
      const beat = pace.beat(signal);
      for (const piece of written.pieces) {
        await pauses();
        await beat(tokenSeconds * gpu.slowdown(tag));
        tokens += 1;
        yield piece;
      }
      await pauses();
      outcome = written.reason;
      yield {
        type: 'end',
        reason: written.reason,
        usage: {
          prompt_eval_count: promptTokens,
          prompt_eval_duration: pace.told(readAt - startedAt),
          eval_count: tokens,
          eval_duration: pace.told(performance.now() - readAt),
        },
      };
    } finally {
      end();
      giveBack?.();
      lease.release();
      if (giveBack) {
        count(-1);
        events.emit({ type: 'generation-end', model: tag, outcome, tokens });
      }
    }
  };
}

type Written = {
  readonly pieces: readonly { readonly type: 'thinking' | 'text'; readonly text: string }[];
  readonly reason: 'stop' | 'length';
};

function write(ask: Ask, answer: Answer, seed: number): Written {
  const { options } = ask;
  const request: AnswerRequest = {
    model: ask.model.tag,
    turns: ask.turns,
    seed: JSON.stringify([seed, options.seed ?? null, options.temperature ?? null]),
  };
  const spoken = answer(request);
  const text = untilStop(jsonAnswer(ask.format, spoken) ?? spoken, options.stop);
  const all = [
    ...splitTokens(ask.think ? simulateThoughts(request) : '').map(
      (part) => ({ type: 'thinking', text: part }) as const,
    ),
    ...splitTokens(text).map((part) => ({ type: 'text', text: part }) as const),
  ];
  const most = numberOf(options.num_predict) ?? -1;
  return most >= 0 && most < all.length
    ? { pieces: all.slice(0, most), reason: 'length' }
    : { pieces: all, reason: 'stop' };
}

function untilStop(text: string, stop: unknown): string {
  const stops = (Array.isArray(stop) ? stop : [stop]).filter(
    (word) => typeof word === 'string' && word !== '',
  );
  const ends = stops.map((word) => text.indexOf(word)).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...ends));
}

/** Counts what was cached too, as Ollama does. */
function countPrompt({ turns, contextTokens }: Ask): number {
  return turns.reduce(
    (sum, { content, images }) =>
      sum + Math.ceil(content.length / CHARACTERS_PER_TOKEN) + TOKENS_PER_TURN + images * TOKENS_PER_IMAGE,
    contextTokens,
  );
}
