import { describe, expect, it } from 'vitest';
import { createStager } from '../../src/models/stager.ts';
import type { RamMemory } from '../../src/ports/host-memory.ts';
import { fakeClock } from '../fakes/clock.ts';

const A = { tag: 'a', bytes: 40 };
const B = { tag: 'b', bytes: 40 };
const C = { tag: 'c', bytes: 40 };
const measured = (medianMs: number) => ({ medianMs, p90Ms: medianMs, basis: 'measured' }) as const;
const TIMES = {
  cold: measured(20_000),
  warm: measured(2_000),
  service: undefined,
  expected: 'cold',
} as const;

type Given = {
  readonly ram?: RamMemory | undefined;
  readonly path?: string | undefined;
  readonly read?: 'fails';
};

function open(given: Given = {}) {
  const { ram = { totalBytes: 200, availableBytes: 125 }, path = '/blobs/a' } = { ...given };
  const told: unknown[] = [];
  const reads: { path: string; signal: AbortSignal; end: PromiseWithResolvers<number> }[] = [];
  const changed: PromiseWithResolvers<void>[] = [];
  let on = true;
  const nothing = () => {};
  const clock = fakeClock();
  const stager = createStager({
    clock,
    logger: {
      debug: nothing,
      warn: nothing,
      error: nothing,
      info: (fields: object) => void told.push(fields),
    },
    hostMemory: async () => ('ram' in given ? given.ram : ram),
    stageFile(file, signal) {
      const end = Promise.withResolvers<number>();
      signal.addEventListener('abort', () => end.reject(signal.reason));
      if (given.read === 'fails') end.reject(new Error('EACCES: permission denied'));
      reads.push({ path: file, signal, end });
      return end.promise;
    },
    fileOf: async () => ('path' in given ? given.path : path),
    timesOf: () => TIMES,
    isOn: () => on,
    stopped: new AbortController().signal,
    onChange: () => changed.shift()?.resolve(),
  });
  return {
    stager,
    clock,
    told,
    reads,
    turn(next: boolean) {
      on = next;
    },
    /** Stages, and resolves once that has ended in whatever way. */
    async stage(model: typeof A, whileReading: () => void = () => reads.at(-1)?.end.resolve(model.bytes)) {
      const end = Promise.withResolvers<void>();
      changed.push(end);
      stager.stage(model);
      for (let turns = 0; turns < 5; turns += 1) await Promise.resolve();
      whileReading();
      await end.promise;
    },
    files: () => stager.state()?.files.map(({ tag }) => tag),
  };
}

describe('reading ahead', () => {
  it('reads the file that Ollama names, and tells when that will be done', async () => {
    const { stager, clock, reads, stage, files } = open();
    await stage(A, () => {
      expect(stager.state()?.staging).toMatchObject({ tag: 'a', endsAt: clock.now() + 18_000 });
      reads.at(-1)?.end.resolve(40);
    });
    expect(reads.map(({ path }) => path)).toEqual(['/blobs/a']);
    expect(files()).toEqual(['a']);
    expect(stager.state()?.staging).toBeUndefined();
  });

  it('knows that the files read longest ago make room', async () => {
    const { stager, stage, files } = open();
    await stage(A);
    stager.loading('b');
    expect(stager.state()?.diskBusy).toBe(true);
    stager.loaded(B, 20_000);
    expect(files()).toEqual(['b', 'a']);
    await stage(C);
    expect(files()).toEqual(['c', 'b']);
  });

  it('knows it also where nothing was staged yet', async () => {
    const { stager, files } = open();
    for (const model of [A, B, C]) {
      stager.loading(model.tag);
      await Promise.resolve();
      stager.loaded(model, 20_000);
    }
    expect(files()).toEqual(['c', 'b']);
  });

  it('makes way for a load that needs the disk, not for a warm one', async () => {
    const { stager, reads, stage, files } = open();
    stager.loaded(B, 20_000);
    await stage(A, () => {
      stager.loading('b');
      expect(reads.at(-1)?.signal.aborted).toBe(false);
      stager.loading('c');
      expect(reads.at(-1)?.signal.aborted).toBe(true);
    });
    expect(files()).toEqual(['b']);
  });

  it.each<[string, Given, string]>([
    ['runs elsewhere', { ram: undefined }, 'Ollama does not run on this machine'],
    ['does not say where its files lie', { path: undefined }, 'Ollama does not say where they lie'],
    ['does not let them be read', { read: 'fails' }, 'EACCES: permission denied'],
  ])('is off, with one line, where Ollama %s', async (_, given, why) => {
    const { stager, told, stage } = open(given);
    await stage(A, () => {});
    stager.stage(B);
    expect(told).toEqual([{ why }]);
    expect(stager.state()?.bytes).toBe(0);
  });

  it('is off where loads are not faster for it', async () => {
    const { stager, told, stage } = open();
    for (const model of [A, B]) {
      await stage(model);
      stager.loading(model.tag);
      stager.loaded(model, 19_000);
    }
    expect(told).toEqual([{ why: 'their loads were not faster for it' }]);
    expect(stager.state()?.bytes).toBe(0);
  });

  it('is not judged by a load that began while its file was being read', async () => {
    const { stager, told, reads, stage } = open();
    for (const model of [A, B, C]) {
      await stage(model, () => {
        stager.loading(model.tag);
        expect(stager.isJoined(model.tag)).toBe(true);
        reads.at(-1)?.end.resolve(model.bytes);
      });
      stager.loaded(model, 19_000);
      expect(stager.isJoined(model.tag)).toBe(false);
    }
    expect(told).toEqual([]);
  });

  it('is not judged by a file that others have pushed out meanwhile', async () => {
    const { stager, told, stage } = open();
    for (const model of [A, B, C]) {
      await stage(model);
      expect(stager.isStaged(model.tag)).toBe(true);
      stager.loaded({ tag: 'd', bytes: 40 }, 20_000);
      stager.loaded({ tag: 'e', bytes: 40 }, 20_000);
      expect(stager.isStaged(model.tag)).toBe(false);
      stager.loading(model.tag);
      stager.loaded(model, 20_000);
    }
    expect(told).toEqual([]);
  });

  it('goes on where they are', async () => {
    const { stager, told, stage } = open();
    for (const [model, ms] of [
      [A, 19_000],
      [B, 2_000],
      [C, 19_000],
    ] as const) {
      await stage(model);
      stager.loading(model.tag);
      stager.loaded(model, ms);
    }
    expect(told).toEqual([]);
  });

  it('leaves alone what does not fit into the RAM', async () => {
    const { reads, stage, files } = open({ ram: { totalBytes: 200, availableBytes: 40 } });
    await stage(A, () => {});
    expect(reads).toEqual([]);
    expect(files()).toEqual([]);
  });

  it('waits where the configuration turns it off', async () => {
    const { stager, turn } = open();
    turn(false);
    expect(stager.state()?.bytes).toBe(0);
  });
});
