import { describe, expect, it } from 'vitest';
import { watch } from '../../src/path/watch.ts';
import type { Part } from '../../src/ports/generate.ts';
import { fakeClock } from '../fakes/clock.ts';

const PATIENCE = { firstPartMs: 120_000, betweenPartsMs: 60_000 };
const never = new AbortController().signal;

/** Gives its parts one after the other, then stays silent until the signal aborts. */
function thenSilent(parts: readonly Part[]) {
  return async function* (signal: AbortSignal): AsyncGenerator<Part> {
    yield* parts;
    await new Promise((_, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
}

describe('the watchdog', () => {
  it('gives up before the first part, and within the answer sooner', async () => {
    const clock = fakeClock();
    const first = watch(thenSilent([]), PATIENCE, clock, never).next();
    clock.advance(119_999);
    clock.advance(1);
    await expect(first).rejects.toMatchObject({
      code: 'stalled',
      message: 'The model was silent for 120 s.',
    });

    const parts = watch(thenSilent([{ type: 'thinking', text: 'hm' }]), PATIENCE, clock, never);
    expect(await parts.next()).toMatchObject({ value: { type: 'thinking' } });
    const second = parts.next();
    clock.advance(60_000);
    await expect(second).rejects.toMatchObject({
      code: 'stalled',
      message: 'The model was silent for 60 s.',
    });
  });

  it('does not count the time in which nobody asks for the next part', async () => {
    const clock = fakeClock();
    const begin = async function* (): AsyncGenerator<Part> {
      yield { type: 'text', text: 'a' };
      yield { type: 'text', text: 'b' };
    };
    const parts = watch(begin, PATIENCE, clock, never);
    await parts.next();
    clock.advance(1_000_000);
    expect(await parts.next()).toMatchObject({ value: { text: 'b' } });
  });

  it('passes the caller’s own abort on', async () => {
    const caller = new AbortController();
    const next = watch(thenSilent([]), PATIENCE, fakeClock(), caller.signal).next();
    caller.abort(new Error('stopped'));
    await expect(next).rejects.toThrow('stopped');
  });
});
