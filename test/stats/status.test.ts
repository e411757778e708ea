import { describe, expect, it } from 'vitest';
import type { ModelSeen, ServerView } from '../../src/models/server-view.ts';
import type { Installed } from '../../src/ports/models.ts';
import { statusOf } from '../../src/stats/status.ts';

const installed = (tag: string, more: Partial<Installed> = {}): Installed => ({
  tag,
  digest: tag,
  sizeBytes: 5e9,
  modifiedAt: '',
  capabilities: ['completion'],
  ...more,
});

const seen = (tag: string, more: Partial<ModelSeen> = {}): ModelSeen => ({
  tag,
  state: 'ready',
  running: 0,
  sizeBytes: 10e9,
  vramBytes: 10e9,
  readyAt: 0,
  lastUsedAt: 0,
  foreign: false,
  othersUsedAt: 0,
  byAnother: false,
  ...more,
});

function status(more: Partial<ServerView>) {
  const view: ServerView = {
    version: '0.33.0',
    simulated: false,
    away: undefined,
    installed: [],
    models: [],
    pinned: [],
    gpuBytes: 24e9,
    gpuTotalBytes: 24e9,
    failed: new Map(),
    usedAt: new Map(),
    waiting: 2,
    running: 1,
    ...more,
  };
  const named = [
    { alias: 'fast', tag: 'a:1b', task_types: [], options: {}, pinned: false },
    { alias: 'small', tag: 'a:1b', task_types: [], options: {}, pinned: false },
  ];
  return statusOf(view, { url: 'http://gpu:11434', version: '0.1.0', named });
}

/** The one model, as people see it. */
function modelOf(inMemory: Partial<ModelSeen> | undefined, more: Partial<ServerView> = {}) {
  const models = inMemory ? [seen('a:1b', inMemory)] : [];
  return status({ installed: [installed('a:1b')], models, ...more }).models[0];
}

describe('a model', () => {
  const why = { failed: new Map([['a:1b', 'out of memory']]) };
  it.each<[string, Partial<ModelSeen> | undefined, Partial<ServerView>]>([
    ['not_loaded', undefined, {}],
    ['failed', undefined, why],
    ['loading', { state: 'loading' }, {}],
    ['loading', { state: 'loading' }, why],
    ['ready', {}, {}],
    ['in_use', { running: 2 }, {}],
    ['unloading', { state: 'unloading', running: 1 }, {}],
  ])('is %s where the memory says %j', (state, inMemory, more) => {
    expect(modelOf(inMemory, more)?.state).toBe(state);
  });

  it('says why its load failed', () => {
    expect(modelOf(undefined, why)).toMatchObject({ state: 'failed', reason: 'out of memory' });
    expect(modelOf(undefined)).not.toHaveProperty('reason');
    expect(modelOf({}, why)).not.toHaveProperty('reason');
  });

  it('says that another program loaded it', () => {
    expect(modelOf({ byAnother: true })).toHaveProperty('byAnother', true);
    expect(modelOf({})).not.toHaveProperty('byAnother');
  });

  it('has its short names, what it can, and the size of its file', () => {
    expect(modelOf({})).toEqual({
      tag: 'a:1b',
      aliases: ['fast', 'small'],
      state: 'ready',
      sizeBytes: 5e9,
      capabilities: ['completion'],
    });
  });

  it('is pinned, under whatever name that was said', () => {
    const pinned = { installed: [installed('a:latest')], models: [], pinned: ['A'] };
    expect(status(pinned).models[0]).toHaveProperty('pinned', true);
    expect(modelOf({}, { pinned: ['b:1b'] })).not.toHaveProperty('pinned');
  });

  it('says how much of what it takes is on the CPU', () => {
    const spill = { share: 0.25, sizeBytes: 10e9, vramBytes: 7.5e9 };
    expect(modelOf({ vramBytes: 7.5e9 })).toHaveProperty('spill', spill);
    expect(modelOf({ vramBytes: 0 }, { gpuTotalBytes: 0 })).not.toHaveProperty('spill');
  });

  it('says when it leaves, where that is known', () => {
    expect(modelOf({ expiresAt: 7 })).toHaveProperty('expiresAt', 7);
    expect(modelOf({ expiresAt: null })).toHaveProperty('expiresAt', null);
    expect(modelOf({})).not.toHaveProperty('expiresAt');
  });
});

it('those in memory come first, then those on their way, the others by use and name; none that cannot chat', () => {
  const { models } = status({
    installed: [
      installed('b:out'),
      installed('a:out'),
      installed('used:1b'),
      installed('embed:1b', { capabilities: ['embedding'] }),
      // Where the server does not say what a model can.
      { tag: 'asks:1b', digest: 'd', sizeBytes: 1, modifiedAt: '' },
      installed('loads:1b'),
      installed('leaves:1b'),
      installed('rests:1b'),
      installed('works:1b'),
    ],
    models: [
      seen('loads:1b', { state: 'loading' }),
      seen('leaves:1b', { state: 'unloading' }),
      seen('rests:1b'),
      seen('works:1b', { running: 1 }),
    ],
    usedAt: new Map([
      ['used:1b', 5],
      ['b:out', 4],
    ]),
    failed: new Map([['used:1b', 'not enough memory']]),
  });
  expect(models.map(({ tag }) => tag)).toEqual([
    'works:1b',
    'rests:1b',
    'leaves:1b',
    'loads:1b',
    'used:1b',
    'b:out',
    'a:out',
    'asks:1b',
  ]);
});

it('the house says whether Ollama is there, and who waits', () => {
  const there = status({});
  expect(there).toMatchObject({ waiting: 2, running: 1, version: '0.1.0', simulated: false });
  expect(there.ollama).toEqual({ url: 'http://gpu:11434', reachable: true, detail: 'Ollama 0.33.0' });
  const away = { since: 0, message: 'Ollama does not answer.', hint: undefined };
  expect(status({ away }).ollama).toMatchObject({ reachable: false, detail: 'Ollama does not answer.' });
});
