import { describe, expect, it, test } from 'vitest';
import { fifo } from '../../../bench/scheduler/fifo.ts';
import { ostler } from '../../../bench/scheduler/ostler.ts';
import type { OpenPolicy } from '../../../bench/scheduler/policy.ts';
import { simulate } from '../../../bench/scheduler/simulate.ts';
import type { Trace } from '../../../bench/scheduler/trace.ts';
import { seeded } from '../../../demo/ollama/seeded.ts';
import { traceOf } from './traces.ts';

/** When each question got its first token, in seconds, in the order of the trace. */
function firstTokens(trace: Trace, policy: OpenPolicy): readonly number[] {
  const { answered } = simulate(trace, policy);
  return answered
    .toSorted((one, other) => Number(one.id) - Number(other.id))
    .map(({ firstTokenAt }) => Math.round(firstTokenAt) / 1_000);
}

/** In seconds. */
function loadedAt(trace: Trace, policy: OpenPolicy): readonly number[] {
  return simulate(trace, policy).loads.map(({ at }) => Math.round(at) / 1_000);
}

test('with one model and no loads, people wait as long as theory says (M/M/1)', () => {
  const random = seeded(7);
  const questions = 60_000;
  const utilization = 0.6;
  const meanSeconds = 8;
  let atSeconds = 0;
  const requests = Array.from({ length: questions }, () => {
    atSeconds += (-Math.log(1 - random()) * meanSeconds) / utilization;
    return { atSeconds, tokens: -Math.log(1 - random()) * meanSeconds * 10 };
  });
  const model = { coldSeconds: 0, warmSeconds: 0, prefillSeconds: 0 };
  const { answered } = simulate(traceOf(requests, { models: [model] }), fifo);
  const waitedMs = answered.reduce((sum, { startedAt, askedAt }) => sum + startedAt - askedAt, 0);
  const theory = (utilization / (1 - utilization)) * meanSeconds;
  const measured = waitedMs / questions / 1_000;
  expect(measured / theory).toBeGreaterThan(0.97);
  expect(measured / theory).toBeLessThan(1.03);
});

describe('on the simulated GPU', () => {
  const models = [
    { gb: 5, coldSeconds: 0, warmSeconds: 0 },
    { gb: 5, coldSeconds: 0, warmSeconds: 0 },
  ];

  it('two models that answer get half of it each', () => {
    const trace = traceOf([{ model: 0 }, { model: 1 }, { model: 0 }], { models });
    // Both end at 10, where one alone takes 5.
    expect(firstTokens(trace, ostler)).toEqual([2, 2, 11]);
  });

  it('two answers of one model slow each other down by a fifth', () => {
    const trace = traceOf([{}, {}, {}], { models: [{ coldSeconds: 0, warmSeconds: 0, parallel: 2 }] });
    expect(firstTokens(trace, ostler)).toEqual([1.2, 1.2, 7]);
  });

  it('every model has as many slots as it says', () => {
    const parallel = models.map((model, at) => ({ ...model, parallel: at === 0 ? 1 : 3 }));
    const requests = [0, 0, 1, 1, 1, 1].map((model) => ({ model }));
    const { answered } = simulate(traceOf(requests, { models: parallel }), ostler);
    const atOnce = answered.filter(({ startedAt }) => startedAt === 0).map(({ model }) => model.index);
    expect(atOnce.toSorted()).toEqual([0, 1, 1, 1]);
  });
});

describe('in a chat', () => {
  it('the next question waits for the answer before it, whatever else could be done', () => {
    const trace = traceOf([{ chat: 'a' }, { chat: 'a', model: 1 }, { model: 0 }]);
    // Model 0 answers until 15 and until 20; the second question is at the head of its chat from 15 on.
    expect(firstTokens(trace, ostler)).toEqual([11, 31, 16]);
  });

  it('a question that takes thought is asked so long after the answer', () => {
    const trace = traceOf([{ chat: 'a' }, { chat: 'a', thinkSeconds: 7 }]);
    const { answered } = simulate(trace, ostler);
    expect(answered.map(({ askedAt }) => Math.round(askedAt))).toEqual([0, 22_000]);
  });
});

describe('a load', () => {
  const inTurn = [{}, { model: 1, atSeconds: 30 }, { atSeconds: 60 }];

  it('reads the disk where the page cache has not got the file', () => {
    expect(firstTokens(traceOf(inTurn), fifo)).toEqual([11, 41, 71]);
    expect(firstTokens(traceOf(inTurn, { ramGb: 10 }), fifo)).toEqual([11, 41, 71]);
    expect(firstTokens(traceOf(inTurn, { ramGb: 20 }), fifo)).toEqual([11, 41, 62]);
  });

  it('is a warm one where the file was read meanwhile', () => {
    const trace = traceOf([{ tokens: 200 }, { model: 1 }], { ramGb: 20 });
    // The first answer ends at 31.
    expect(loadedAt(trace, ostler)).toEqual([0, 31]);
    expect(firstTokens(trace, ostler)).toEqual([11, 33]);
    expect(firstTokens(trace, fifo)).toEqual([11, 42]);
  });

  it('takes what is left of reading the file, and then a warm load', () => {
    const trace = traceOf([{ tokens: 10 }, { model: 1 }], { ramGb: 20 });
    // Read from 10 to 19, wanted at 12.
    expect(firstTokens(trace, ostler)).toEqual([11, 21]);
  });
});

test('a policy that leaves questions for ever is found out', () => {
  expect(() => simulate(traceOf([{}]), () => ({ act: () => undefined }))).toThrow('left for ever');
});

test('a policy that breaks the rules of the machine is found out', () => {
  const loadsAll: OpenPolicy = ({ models, load }) => ({ act: () => models.forEach(load) });
  expect(() => simulate(traceOf([{}]), loadsAll)).toThrow('cannot be loaded');
});
