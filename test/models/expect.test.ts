import { describe, expect, it } from 'vitest';
import { describeProgress } from '../../src/chat/describe-progress.ts';
import { expectations, type Move } from '../../src/models/expect.ts';
import type { HostState } from '../../src/models/schedule.ts';

const resident = { state: 'ready', running: 1, sizeBytes: 1, lastUsedAt: 0, foreign: false } as const;
const HOST: HostState = {
  host: 'here',
  reachable: true,
  models: [{ tag: 'in', ...resident }],
  waiting: [
    { id: 'job-1', model: 'out', eligibleAt: 0 },
    { id: 'job-2', model: 'in', eligibleAt: 1 },
    { id: 'job-3', model: 'out', eligibleAt: 2 },
  ],
  resting: {},
  parallel: 1,
  maxModels: 1,
  eviction: 'lru',
  unloadIdle: false,
};
const JOBS = [
  { id: 'job-1', earlier: 0, rests: false },
  { id: 'job-2', earlier: 0, rests: false },
  { id: 'job-3', earlier: 0, rests: false },
  { id: 'job-4', earlier: 1, rests: false },
  { id: 'job-5', earlier: 0, rests: true },
  { id: 'job-6', earlier: 0, rests: false },
];

function told(host: HostState, move: Move | undefined) {
  return [...expectations(JOBS, host, move, 1).values()].map(describeProgress);
}

describe('what a waiting question is told', () => {
  it('counts those that go first: models in memory before the others, one answering now; nothing is made up', () => {
    expect(told(HOST, undefined)).toEqual([
      'Waiting until out can be loaded · 2 questions ahead',
      '1 question ahead',
      'Waiting until out can be loaded · 3 questions ahead',
      'Waiting for the earlier questions of this chat · 1 question ahead',
      'That failed; trying again in a moment',
    ]);
  });

  it('is the load, where its model is on its way in', () => {
    const loading = { model: 'out', stage: 'loading', unloading: [], forSeconds: 12 } as const;
    expect(told(HOST, loading)[0]).toBe('Loading out (12 s so far)');
    const unloading = { ...loading, stage: 'unloading', unloading: ['in'] } as const;
    expect(told(HOST, unloading)[2]).toBe('Unloading in → then loading out');
  });

  it('is that Ollama is away, where it is', () => {
    const away = told({ ...HOST, reachable: false }, undefined);
    expect(new Set(away)).toEqual(new Set(['Ollama cannot be reached; trying again']));
  });
});
