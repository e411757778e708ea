import { OstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Part } from '../ports/generate.ts';

export type Patience = { readonly firstPartMs: number; readonly betweenPartsMs: number };

/**
 * Passes an answer's parts on and ends its request when the model stays silent for too long. `begin` gets a
 * signal that joins the caller's with the watchdog's. Thinking counts as a sign of life. Throws `stalled`.
 */
export async function* watch(
  begin: (signal: AbortSignal) => AsyncIterable<Part>,
  patience: Patience,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Part, void, undefined> {
  const silent = new AbortController();
  let limitMs = patience.firstPartMs;
  const giveUp = () => silent.abort(stalled(limitMs));
  let disarm = clock.after(limitMs, giveUp);
  try {
    for await (const part of begin(AbortSignal.any([signal, silent.signal]))) {
      disarm();
      yield part;
      limitMs = patience.betweenPartsMs;
      disarm = clock.after(limitMs, giveUp);
    }
  } finally {
    disarm();
  }
}

function stalled(limitMs: number): OstlerError {
  return new OstlerError(`The model was silent for ${limitMs / 1_000} s.`, {
    code: 'stalled',
    hint: 'The limits are llm.timeouts.first_part_seconds and between_parts_seconds.',
    retryable: true,
  });
}
