import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../src/errors.ts';
import { createStager } from '../../src/models/stager.ts';
import type { RamMemory } from '../../src/ports/host-memory.ts';
import { fakeClock } from '../fakes/clock.ts';

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
  readonly read?: OstlerError;
};

function open(given: Given = {}) {
  const { ram = { totalBytes: 200, availableBytes: 125 }, path = '/blobs/a' } = { ...given };
  const told: unknown[] = [];
  const reads: { path: string; signal: AbortSignal; end: PromiseWithResolvers<number> }[] = [];
  const installed = ['a', 'b', 'c', 'd', 'e'].map((tag) => ({
    tag,
    digest: `of ${tag}`,
    sizeBytes: 40,
    modifiedAt: '',
  }));
  const changed: PromiseWithResolvers<void>[] = [];
  /** What the server answers with first. */
  const silent: OstlerError[] = [];
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
      if (given.read) end.reject(given.read);
      reads.push({ path: file, signal, end });
      return end.promise;
    },
    inventory: {
      list: () => installed,
      find: (tag) => installed.find((model) => model.tag === tag),
    },
    async pathOf() {
      const error = silent.shift();
      if (error) throw error;
      return 'path' in given ? given.path : path;
    },
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
    silent,
    installed,
    turn(next: boolean) {
      on = next;
    },
    /** Stages, and resolves once that has ended in whatever way. */
    async stage(tag: string, whileReading: () => void = () => reads.at(-1)?.end.resolve(40)) {
      const end = Promise.withResolvers<void>();
      changed.push(end);
      stager.stage(tag);
      for (let turns = 0; turns < 5; turns += 1) await Promise.resolve();
      whileReading();
      await end.promise;
    },
    files: () => stager.state().files.map(({ tag }) => tag),
  };
}

describe('reading ahead', () => {
  it('reads the file that Ollama names, and tells when that will be done', async () => {
    const { stager, clock, reads, stage, files } = open();
    await stage('a', () => {
      expect(stager.state().staging).toMatchObject({ tag: 'a', endsAt: clock.now() + 18_000 });
      reads.at(-1)?.end.resolve(40);
    });
    expect(reads.map(({ path }) => path)).toEqual(['/blobs/a']);
    expect(files()).toEqual(['a']);
    expect(stager.state().staging).toBeUndefined();
  });

  it('knows that the files read longest ago make room', async () => {
    const { stager, stage, files } = open();
    await stage('a');
    stager.loading('b');
    expect(stager.state().diskBusy).toBe(true);
    stager.loaded('b', 20_000);
    expect(files()).toEqual(['b', 'a']);
    await stage('c');
    expect(files()).toEqual(['c', 'b']);
  });

  it('knows it also where nothing was staged yet', async () => {
    const { stager, files } = open();
    for (const model of ['a', 'b', 'c']) {
      stager.loading(model);
      await Promise.resolve();
      stager.loaded(model, 20_000);
    }
    expect(files()).toEqual(['c', 'b']);
  });

  it('makes way for a load that needs the disk, not for a warm one', async () => {
    const { stager, reads, stage, files } = open();
    stager.loaded('b', 20_000);
    await stage('a', () => {
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
    [
      'does not let them be read',
      { read: new OstlerError('EACCES: permission denied', { code: 'unsupported' }) },
      'EACCES: permission denied',
    ],
  ])('is off, with one line, where Ollama %s', async (_, given, why) => {
    const { stager, told, stage } = open(given);
    await stage('a', () => {});
    stager.stage('b');
    expect(told).toEqual([{ why }]);
    expect(stager.state().bytes).toBe(0);
  });

  it.each<[string, Given, readonly OstlerError[]]>([
    ['that was silent', {}, [new OstlerError('It is silent.', { code: 'unreachable' })]],
    ['that does not know the model', {}, [new OstlerError('Gone.', { code: 'not_installed' })]],
    ['whose disk failed', { read: new OstlerError('EIO: i/o error', { code: 'internal' }) }, []],
  ])('rests after a server %s, and then goes on', async (_, given, errors) => {
    const { stager, clock, told, silent, stage } = open(given);
    silent.push(...errors);
    await stage('a', () => {});
    expect(told).toHaveLength(1);
    expect(stager.state().bytes).toBe(0);
    clock.advance(59_000);
    stager.stage('a');
    expect(stager.state()).toMatchObject({ bytes: 0, staging: undefined });
    clock.advance(1_000);
    expect(stager.state().bytes).toBe(100);
    await stage('a');
    expect(told).toHaveLength(1);
  });

  it('is off where loads are not faster for it', async () => {
    const { stager, told, stage } = open();
    for (const model of ['a', 'b']) {
      await stage(model);
      stager.loading(model);
      stager.loaded(model, 19_000);
    }
    expect(told).toEqual([{ why: 'their loads were not faster for it' }]);
    expect(stager.state().bytes).toBe(0);
  });

  it('is not judged by a load that began while its file was being read', async () => {
    const { stager, told, reads, stage } = open();
    for (const model of ['a', 'b', 'c']) {
      await stage(model, () => {
        stager.loading(model);
        expect(stager.isJoined(model)).toBe(true);
        reads.at(-1)?.end.resolve(40);
      });
      stager.loaded(model, 19_000);
      expect(stager.isJoined(model)).toBe(false);
    }
    expect(told).toEqual([]);
  });

  it('is not judged by a file that others have pushed out meanwhile', async () => {
    const { stager, told, stage } = open();
    for (const model of ['a', 'b', 'c']) {
      await stage(model);
      expect(stager.isCached(model)).toBe(true);
      stager.loaded('d', 20_000);
      stager.loaded('e', 20_000);
      expect(stager.isCached(model)).toBe(false);
      stager.loading(model);
      stager.loaded(model, 20_000);
    }
    expect(told).toEqual([]);
  });

  it('goes on where they are', async () => {
    const { stager, told, stage } = open();
    for (const [model, ms] of [
      ['a', 19_000],
      ['b', 2_000],
      ['c', 19_000],
    ] as const) {
      await stage(model);
      stager.loading(model);
      stager.loaded(model, ms);
    }
    expect(told).toEqual([]);
  });

  it('leaves alone what does not fit into the RAM', async () => {
    const { reads, stage, files } = open({ ram: { totalBytes: 200, availableBytes: 40 } });
    await stage('a', () => {});
    expect(reads).toEqual([]);
    expect(files()).toEqual([]);
  });

  it('waits where the configuration turns it off', async () => {
    const { stager, turn } = open();
    turn(false);
    expect(stager.state().bytes).toBe(0);
  });

  it('knows a file under each of its tags, and not under one that was pulled anew', () => {
    const { stager, installed } = open();
    const [a, b, c] = installed;
    if (!a || !b || !c) throw new Error('There are five.');
    b.digest = a.digest;
    stager.loaded('a', 20_000);
    expect(stager.state().files).toEqual([
      { tag: 'a', bytes: 40 },
      { tag: 'b', bytes: 0 },
    ]);
    a.digest = 'another';
    expect(['a', 'b', 'c'].map(stager.isCached)).toEqual([false, true, false]);
    expect(stager.state().files).toEqual([{ tag: 'b', bytes: 40 }]);
  });

  it('takes a file for lost after half an hour where the RAM is not known', () => {
    const { stager, clock } = open({ ram: undefined });
    stager.loading('a');
    stager.loaded('a', 20_000);
    clock.advance(30 * 60_000);
    expect(stager.isCached('a')).toBe(true);
    expect(stager.state().files).toHaveLength(1);
    clock.advance(1);
    expect(stager.isCached('a')).toBe(false);
    expect(stager.state().files).toEqual([]);
  });

  it('takes it for kept where there is RAM for it', async () => {
    const { stager, clock } = open();
    stager.loading('a');
    await Promise.resolve();
    stager.loaded('a', 20_000);
    clock.advance(24 * 3_600_000);
    expect(stager.isCached('a')).toBe(true);
  });
});
