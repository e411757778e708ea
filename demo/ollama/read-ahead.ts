import { stagingSeconds } from './loader.ts';
import type { SimulatedModel } from './models.ts';
import type { Pace } from './pace.ts';
import type { PageCache } from './page-cache.ts';

/**
 * Reads a model's file into the page cache, in the time that a load from there saves. A load meanwhile finds what was
 * read by then; who is aborted leaves nothing behind. Rejects with the signal's reason.
 */
export async function readAhead(
  { model, cache, pace }: { readonly model: SimulatedModel; readonly cache: PageCache; readonly pace: Pace },
  signal: AbortSignal,
): Promise<void> {
  const read = pace.stopwatch();
  const seconds = stagingSeconds(model);
  const leave = cache.reading(model.blob, () => (seconds === 0 ? 1 : Math.min(1, read() / seconds)));
  try {
    await pace.sleep(seconds, signal);
    cache.read(model.blob, model.sizeBytes);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    leave();
  }
}
