import type { ChatRequest, ChatResponse } from 'ollama/browser';
import { OstlerError } from '../../src/errors.ts';
import type { Finished, Generate, GenerateRequest, Part } from '../../src/ports/generate.ts';
import type { Connection } from './connection.ts';
import { brokenStream, streamError } from './errors.ts';
import { chatChunk } from './wire.ts';

const NANOSECONDS = 1e9;

/** Answers by Ollama's /api/chat. */
export function ollamaGenerate(connection: Connection): Generate {
  return async function* generate(request, signal) {
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const checkLine = (line: unknown) => checkChunk(line, request.model);
    const client = connection.connect({ signal: either, model: request.model, checkLine });
    try {
      const stream = await client.chat(toWire(request));
      for await (const chunk of stream) yield* toParts(chunk);
    } catch (error) {
      throw either.aborted ? either.reason : known(error);
    } finally {
      // The package does not end a request whose stream is left early.
      ended.abort();
    }
  };
}

function toWire(request: GenerateRequest): ChatRequest & { stream: true } {
  return {
    model: request.model,
    messages: request.turns.map(({ images, ...turn }) => ({
      ...turn,
      ...(images && { images: [...images] }),
    })),
    stream: true,
    options: request.options,
    keep_alive: request.keepAlive,
    ...(request.format !== undefined && { format: request.format }),
    ...(request.think !== undefined && { think: request.think }),
  };
}

function checkChunk(line: unknown, model: string): 'more' | 'last' {
  const { success, data } = chatChunk.safeParse(line);
  if (!success) throw brokenStream('A line of the answer has not the shape that Ollama gives it.');
  if (typeof data.error === 'string') throw streamError(data.error, model);
  return data.done ? 'last' : 'more';
}

function* toParts(chunk: ChatResponse): Generator<Part> {
  if (chunk.message.thinking) yield { type: 'thinking', text: chunk.message.thinking };
  if (chunk.message.content) yield { type: 'text', text: chunk.message.content };
  if (!chunk.done) return;
  const generateSeconds = (chunk.eval_duration ?? 0) / NANOSECONDS;
  const loadSeconds = (chunk.load_duration ?? 0) / NANOSECONDS;
  const readSeconds = (chunk.prompt_eval_duration ?? 0) / NANOSECONDS;
  const wholeSeconds = (chunk.total_duration ?? 0) / NANOSECONDS;
  yield {
    type: 'done',
    finished: finishedOf(chunk.done_reason),
    usage: {
      promptTokens: chunk.prompt_eval_count ?? 0,
      tokens: chunk.eval_count ?? 0,
      generateSeconds,
      loadSeconds,
      readSeconds,
      queueSeconds: Math.max(0, wholeSeconds - loadSeconds - readSeconds - generateSeconds),
    },
  };
}

/** `load`, `unload`, none at all and what later versions may say are no word that the answer is whole. */
function finishedOf(reason: string | undefined): Finished {
  return reason === 'stop' || reason === 'length' ? reason : 'other';
}

/** What reaches us without being ours is a socket that died, or a stream that ended before its last line. */
function known(error: unknown): OstlerError {
  if (error instanceof OstlerError) return error;
  return brokenStream(error instanceof Error ? error.message : String(error), error);
}
