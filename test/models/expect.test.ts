import { describe, expect, it } from 'vitest';
import { describeProgress } from '../../src/chat/describe-progress.ts';
import { expectations, expectMove } from '../../src/models/expect.ts';
import type { TimesOfModel } from '../../src/models/model-times.ts';
import type { Move } from '../../src/models/move.ts';
import type { HostState } from '../../src/models/schedule/state.ts';
import { host, model, ready, waiting } from './schedule/states.ts';

const HOST = host({
  models: [ready('in', { running: 1 }), model('out')],
  waiting: waiting('out1', 'in2', 'out3'),
});
const JOBS = [
  { id: 'out1', earlier: 0, rests: false },
  { id: 'in2', earlier: 0, rests: false },
  { id: 'out3', earlier: 0, rests: false },
  { id: 'job-4', earlier: 1, rests: false },
  { id: 'job-5', earlier: 0, rests: true },
  { id: 'job-6', earlier: 0, rests: false },
];
const TIMES: TimesOfModel = {
  cold: { medianMs: 35_000, p90Ms: 50_000, basis: 'measured' },
  warm: { medianMs: 2_000, p90Ms: 3_000, basis: 'measured' },
  service: { medianMs: 10_000, p90Ms: 20_000, basis: 'measured' },
  expected: 'cold',
};
const LOADING: Move = {
  model: 'out',
  why: 'asked',
  stage: 'loading',
  unloading: [],
  forSeconds: 12,
  tier: 'cold',
};

function told(state: HostState, move: Move | undefined, times?: TimesOfModel) {
  const expected = expectations(JOBS, state, move, 1, () => times);
  return [...expected.values()].map((progress) => describeProgress(progress).replaceAll('\u00a0', ' '));
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

  it('is about when its model turns to it, where that was measured and nothing can come between', () => {
    expect(told(HOST, undefined, TIMES).slice(0, 3)).toEqual([
      'Waiting until out can be loaded · 2 questions ahead · begins in about 55 s',
      '1 question ahead',
      'Waiting until out can be loaded · 3 questions ahead · begins in about 1 min 30 s',
    ]);
  });

  it('is the load, where its model is on its way in', () => {
    expect(told(HOST, LOADING)[0]).toBe('Loading out (12 s so far)');
    expect(told(HOST, LOADING, TIMES)[0]).toBe('Loading out: about 23 s left (usually 35 s)');
    expect(told(HOST, { ...LOADING, stage: 'unloading', unloading: ['in'] })[2]).toBe(
      'Unloading in → then loading out',
    );
  });

  it('is no time while another model is on its way in', () => {
    expect(told(HOST, { ...LOADING, model: 'other' }, TIMES).slice(0, 2)).toEqual([
      'Waiting until out can be loaded · 2 questions ahead',
      '1 question ahead',
    ]);
  });

  it('is what its person is asked, and nobody waits for those who are asked', () => {
    const [out1, ...others] = HOST.waiting;
    const consent = { kind: 'asked', evict: ['in'] } as const;
    const state = { ...HOST, waiting: [...(out1 ? [{ ...out1, consent }] : []), ...others] };
    const [first, ...later] = JOBS;
    const jobs = [{ ...first, id: 'out1', asks: { model: 'out', unloads: ['in'] } }, ...later] as typeof JOBS;
    const expected = expectations(jobs, state, undefined, 1, () => TIMES);
    expect(expected.get('out1')).toMatchObject({ asks: { unloads: ['in'], resident: 'in' } });
    expect(expected.get('in2')).toMatchObject({ waitsFor: 'turn', ahead: 1 });
    expect(expected.get('out3')).toMatchObject({ waitsFor: 'model', ahead: 2 });
  });

  it('is that Ollama is away, where it is', () => {
    const away = told({ ...HOST, reachable: false }, undefined);
    expect(new Set(away)).toEqual(new Set(['Ollama cannot be reached; trying again']));
  });
});

describe('what is told of a model on its way in', () => {
  const of = (change: Partial<Move>, state: HostState = HOST) =>
    expectMove({ ...LOADING, ...change }, state, () => TIMES);

  it('is the share of the models that have left for it', () => {
    const unloading = { stage: 'unloading', unloading: ['a', 'b', 'c'] } as const;
    const leaving = (tag: string) => ready(tag, { state: 'unloading' });
    expect(of(unloading, host({ models: [leaving('a'), leaving('b'), model('c')] }))).toEqual({
      ...unloading,
      model: 'out',
      share: 0.33,
    });
    expect(of(unloading, host({ models: [] }))).toMatchObject({ share: 1 });
  });

  it('is the estimate of its load, and that it starts once Ollama lists it', () => {
    expect(of({})).toMatchObject({ stage: 'loading', forSeconds: 12, share: 0.27 });
    expect(of({ stage: 'initializing' })).toMatchObject({ stage: 'initializing', share: 0.27 });
  });
});
