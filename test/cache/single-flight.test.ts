import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSingleFlight, type Seat } from '../../src/cache/single-flight.ts';

const REASON = new Error('stopped');

/** A run that the test ends. */
function open<T, E = never>() {
  const end = Promise.withResolvers<T>();
  const begun = Promise.withResolvers<AbortSignal>();
  const state = { runs: 0, tell: (_: E): void => {} };
  const run = (signal: AbortSignal, tell: (event: E) => void) => {
    state.runs += 1;
    state.tell = tell;
    begun.resolve(signal);
    return end.promise;
  };
  return { run, end, begun: begun.promise, state };
}

test('100 who ask for the same at once have one run and one result', async () => {
  const flight = createSingleFlight<object>();
  const work = open<object>();
  const seats = Array.from({ length: 100 }, () => flight.join('key', work.run));
  const answer = {};
  work.end.resolve(answer);
  const results = await Promise.all(seats.map(({ result }) => result));
  expect(new Set(results)).toEqual(new Set([answer]));
  expect(work.state.runs).toBe(1);
  expect(seats.map(({ leader }) => leader)).toEqual([true, ...Array(99).fill(false)]);
});

test('other keys have runs of their own', async () => {
  const flight = createSingleFlight<string>();
  const seats = ['a', 'b'].map((key) => flight.join(key, async () => key));
  expect(await Promise.all(seats.map(({ result }) => result))).toEqual(['a', 'b']);
  expect(seats.every(({ leader }) => leader)).toBe(true);
});

test('99 of 100 leave, the leader first: it goes on for the last one', async () => {
  const flight = createSingleFlight<string>();
  const work = open<string>();
  const seats = Array.from({ length: 100 }, () => flight.join('key', work.run));
  const signal = await work.begun;
  for (const seat of seats.slice(0, 99)) seat.leave(REASON);
  const left = await Promise.allSettled(seats.slice(0, 99).map(({ result }) => result));
  expect(left.every((end) => end.status === 'rejected' && end.reason === REASON)).toBe(true);
  expect(signal.aborted).toBe(false);
  work.end.resolve('answer');
  expect(await seats[99]?.result).toBe('answer');
  expect(signal.aborted).toBe(false);
});

test('when all have left, the run is aborted at once, and who comes later has a new one', async () => {
  const flight = createSingleFlight<string>();
  const work = open<string>();
  const seats = Array.from({ length: 100 }, () => flight.join('key', work.run));
  const signal = await work.begun;
  for (const seat of seats) {
    expect(signal.aborted).toBe(false);
    seat.leave(REASON);
  }
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toBe(REASON);
  const later = flight.join('key', async () => 'new');
  expect(later.leader).toBe(true);
  work.end.reject(REASON);
  expect(await later.result).toBe('new');
});

test('a run that all have left before it began does not begin', async () => {
  const flight = createSingleFlight<string>();
  const work = open<string>();
  flight.join('key', work.run).leave(REASON);
  await flight.join('key', async () => 'new').result;
  expect(work.state.runs).toBe(0);
});

test('leaving twice, or after the end, changes nothing', async () => {
  const flight = createSingleFlight<string>();
  const work = open<string>();
  const [one, other] = [flight.join('key', work.run), flight.join('key', work.run)];
  const signal = await work.begun;
  one.leave(REASON);
  one.leave(REASON);
  expect(signal.aborted).toBe(false);
  work.end.resolve('answer');
  expect(await other.result).toBe('answer');
  other.leave(REASON);
  expect(signal.aborted).toBe(false);
});

test('a failure is told to those who wait now, never to who comes later', async () => {
  const flight = createSingleFlight<string>();
  const work = open<string>();
  const seats = [flight.join('key', work.run), flight.join('key', work.run)];
  const failure = new Error('out of memory');
  work.end.reject(failure);
  const ends = await Promise.allSettled(seats.map(({ result }) => result));
  expect(ends.map((end) => end.status === 'rejected' && end.reason)).toEqual([failure, failure]);
  const later = flight.join('key', async () => 'fine');
  expect([later.leader, await later.result]).toEqual([true, 'fine']);
});

test('a run that throws at once fails like any other', async () => {
  const flight = createSingleFlight<string>();
  const failure = new Error('no');
  const { result } = flight.join('key', () => {
    throw failure;
  });
  await expect(result).rejects.toBe(failure);
});

test('who looks at no result is no unhandled rejection', async () => {
  const flight = createSingleFlight<string>();
  const work = open<string>();
  flight.join('key', work.run);
  flight.join('key', work.run).leave(REASON);
  work.end.reject(new Error('nobody looks'));
  await work.end.promise.catch(() => {});
  // Node would end the test's process in the turn after this one.
  await new Promise(setImmediate);
});

test('followers are told what came so far, then what comes, in order', async () => {
  const flight = createSingleFlight<string, string>();
  const work = open<string, string>();
  const heard: string[][] = [[], [], []];
  const seats: Seat<string, string>[] = [flight.join('key', work.run)];
  seats[0]?.observe((event) => heard[0]?.push(event));
  await work.begun;
  work.state.tell('loading');
  seats.push(flight.join('key', work.run));
  seats[1]?.observe((event) => heard[1]?.push(event));
  work.state.tell('generating');
  seats[0]?.leave(REASON);
  seats.push(flight.join('key', work.run));
  work.state.tell('text');
  seats[2]?.observe((event) => heard[2]?.push(event));
  work.end.resolve('answer');
  await seats[2]?.result;
  expect(heard).toEqual([
    ['loading', 'generating'],
    ['loading', 'generating', 'text'],
    ['loading', 'generating', 'text'],
  ]);
});

test('in any order of joining, leaving and ending: one run per key at a time, aborted exactly when all have left', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('join' as const), key: fc.constantFrom('a', 'b') }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('leave' as const), who: fc.nat(30) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('succeed' as const, 'fail' as const),
        key: fc.constantFrom('a', 'b'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      type Flying = { readonly end: PromiseWithResolvers<number>; waiting: number; signal?: AbortSignal };
      const flight = createSingleFlight<number>();
      const flying = new Map<string, Flying>();
      const all: Flying[] = [];
      const seats: { key: string; seat: Seat<number, never>; of: Flying; state: string }[] = [];
      for (const todo of steps) {
        if (todo.do === 'join') {
          const current = flying.get(todo.key);
          const of: Flying = current ?? { end: Promise.withResolvers<number>(), waiting: 0 };
          const seat = flight.join(todo.key, (signal) => {
            of.signal = signal;
            return of.end.promise;
          });
          expect(seat.leader).toBe(current === undefined);
          if (!current) all.push(of);
          flying.set(todo.key, of);
          of.waiting += 1;
          seats.push({ key: todo.key, seat, of, state: 'waits' });
        } else if (todo.do === 'leave') {
          const one = seats[todo.who];
          if (!one) continue;
          one.seat.leave(REASON);
          if (one.state !== 'waits') continue;
          one.state = 'left';
          one.of.waiting -= 1;
          if (one.of.waiting === 0) flying.delete(one.key);
          if (one.of.signal) expect(one.of.signal.aborted).toBe(one.of.waiting === 0);
        } else if (todo.do === 'turn') {
          await new Promise(setImmediate);
        } else {
          const of = flying.get(todo.key);
          if (!of) continue;
          flying.delete(todo.key);
          const state = todo.do === 'succeed' ? 'has it' : 'failed';
          for (const one of seats) if (one.of === of && one.state === 'waits') one.state = state;
          if (todo.do === 'succeed') of.end.resolve(all.indexOf(of));
          else of.end.reject(new Error('failed'));
          await new Promise(setImmediate);
        }
      }
      for (const of of flying.values()) of.end.resolve(all.indexOf(of));
      for (const { seat, of, state } of seats) {
        const [end] = await Promise.allSettled([seat.result]);
        if (state === 'left') expect(end).toMatchObject({ status: 'rejected', reason: REASON });
        else if (state === 'failed') expect(end).toMatchObject({ reason: { message: 'failed' } });
        else expect(end).toEqual({ status: 'fulfilled', value: all.indexOf(of) });
      }
    }),
    { numRuns: 1_000 },
  );
});
