import { describe, expect, it } from 'vitest';
import { withLimit } from '../../../adapters/gpu/with-limit.ts';

const never = new AbortController().signal;
const LONG_MS = 60_000;

describe('what is read within a limit', () => {
  it('is given', async () => {
    expect(await withLimit(LONG_MS, async () => 7)(never)).toBe(7);
  });

  it('is nothing where it fails', async () => {
    expect(await withLimit(LONG_MS, () => Promise.reject(new Error('no')))(never)).toBeUndefined();
  });

  it('is read once for all who ask meanwhile, and then anew', async () => {
    let reads = 0;
    const read = withLimit(LONG_MS, async () => {
      reads += 1;
      return reads;
    });
    expect(await Promise.all([read(never), read(never)])).toEqual([1, 1]);
    expect(await read(never)).toBe(2);
  });

  it('is nothing while it hangs, whatever it is told, and is not begun again until it has ended', async () => {
    const hang = Promise.withResolvers<number>();
    let reads = 0;
    const read = withLimit(20, () => {
      reads += 1;
      return hang.promise;
    });
    expect(await read(never)).toBeUndefined();
    expect(await read(never)).toBeUndefined();
    expect(reads).toBe(1);
    hang.resolve(7);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await read(never)).toBe(7);
    expect(reads).toBe(2);
  });

  it('is nothing for who no longer asks', async () => {
    const read = withLimit(LONG_MS, () => new Promise<number>(() => {}));
    expect(await read(AbortSignal.abort())).toBeUndefined();
  });
});
