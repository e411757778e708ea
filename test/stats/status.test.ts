import { expect, it } from 'vitest';
import type { ServerView } from '../../src/models/server-view.ts';
import { statusOf } from '../../src/stats/status.ts';

type Shown = ServerView['models'][number];

const model = (tag: string) => ({ tag, digest: tag, sizeBytes: 1, modifiedAt: '' });
const inMemory = (tag: string, state: Shown['state'], running = 0): Shown => ({
  tag,
  state,
  running,
  sizeBytes: 1,
  vramBytes: 1,
  readyAt: 0,
  lastUsedAt: 0,
  foreign: false,
  byAnother: false,
});

const VIEW: ServerView = {
  version: '0.33.0',
  simulated: false,
  away: undefined,
  installed: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(model),
  models: [],
  pinned: [],
  gpuBytes: undefined,
  gpuTotalBytes: undefined,
  failed: new Map(),
  usedAt: new Map(),
  waiting: 0,
  running: 0,
};

const shown = (more: Partial<ServerView>) =>
  statusOf({ ...VIEW, ...more }, { url: '', version: '1', named: [] }).models;

it('models are sorted: in memory, on the way there, the others by their last use and name', () => {
  const models = [
    inMemory('g', 'ready', 1),
    inMemory('b', 'loading'),
    inMemory('e', 'unloading'),
    inMemory('f', 'ready'),
  ];
  const usedAt = new Map([
    ['d', 5],
    ['c', 4],
  ]);
  const failed = new Map([['d', 'not enough memory']]);
  const all = shown({ models, usedAt, failed });
  expect(all.map(({ tag, state }) => `${tag} ${state}`)).toEqual([
    'g in_use',
    'f ready',
    'e unloading',
    'b loading',
    'd failed',
    'c not_loaded',
    'a not_loaded',
  ]);
});

it('what is in memory has not failed', () => {
  const failed = new Map([['a', 'not enough memory']]);
  const [first] = shown({ models: [inMemory('a', 'ready')], failed });
  expect(first).toMatchObject({ tag: 'a', state: 'ready' });
  expect(first).not.toHaveProperty('reason');
});
