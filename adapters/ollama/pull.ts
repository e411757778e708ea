import { OstlerError } from '../../src/errors.ts';
import type { ModelServer, PullProgress } from '../../src/ports/models.ts';
import type { Connection } from './connection.ts';
import { pullError } from './errors.ts';
import { pullLine } from './wire.ts';

const LAST = 'success';

/** Downloads by Ollama's /api/pull, whose errors arrive in the stream. */
export function ollamaPull({ connect }: Connection): ModelServer['pull'] {
  return async function* pull(model, signal) {
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    try {
      const call = { signal: either, model, checkLine: checkPullLine };
      const stream = await connect(call).pull({ model, stream: true });
      for await (const { status, completed, total } of stream) yield toProgress(status, completed, total);
    } catch (error) {
      throw either.aborted ? either.reason : known(error, model);
    } finally {
      // The package does not end a request whose stream is left early.
      ended.abort();
    }
  };
}

function checkPullLine(line: unknown): 'more' | 'last' {
  const { success, data } = pullLine.safeParse(line);
  if (!success) throw new Error('a line has not the shape that Ollama gives it');
  if (typeof data.error === 'string') throw new Error(data.error);
  return data.status === LAST ? 'last' : 'more';
}

/** Of a file that is only named so far nothing is there yet. */
function toProgress(status: string, completed = 0, total = 0): PullProgress {
  return { status, ...(total > 0 && { completedBytes: completed, totalBytes: total }) };
}

/** What is refused before the stream begins says the same as what ends it. */
function known(error: unknown, model: string): OstlerError {
  if (!(error instanceof OstlerError)) {
    return pullError(model, error instanceof Error ? error.message : String(error));
  }
  if (error.code === 'mid_stream') return pullError(model, error.hint ?? error.message);
  return error.code === 'server_error' ? pullError(model, error.message) : error;
}
