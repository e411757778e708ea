import { expect, it } from 'vitest';
import type { Setting } from '../../../bench/swaps/machine.ts';
import { type Asked, play } from '../../../bench/swaps/play.ts';
import { hands } from './hand-made.ts';

/** Answers when the test says so. */
function fakeAsked(keepsOrder: boolean) {
  const asked: string[] = [];
  const answers = new Map<string, PromiseWithResolvers<number>>();
  const isAsked = new Map<string, PromiseWithResolvers<void>>();
  const entry = <T>(map: Map<string, PromiseWithResolvers<T>>, id: string) => {
    const found = map.get(id) ?? Promise.withResolvers<T>();
    map.set(id, found);
    return found;
  };
  const who: Asked = {
    keepsOrder,
    ask({ id }) {
      asked.push(id);
      entry(isAsked, id).resolve();
      return entry(answers, id).promise;
    },
  };
  return {
    who,
    asked,
    whenAsked: (id: string) => entry(isAsked, id).promise,
    answer: (id: string) => entry(answers, id).resolve(performance.now()),
  };
}

function setting(requests: Setting['trace']['requests']): Setting {
  return hands(requests, { speed: 10_000 });
}

const request = (atSeconds: number, chat: number, thinkSeconds = 0) => ({
  atSeconds,
  chat,
  model: 0,
  tokens: 1,
  thinkSeconds,
});

it('asks a chat’s questions one after the other who does not do so itself', async () => {
  const { who, asked, whenAsked, answer } = fakeAsked(false);
  const over = play(setting([request(0, 1), request(1, 1), request(2, 2)]), who);
  await whenAsked('2');
  expect(asked).toEqual(['0', '2']);
  answer('0');
  await whenAsked('1');
  for (const id of ['1', '2']) answer(id);
  const waits = await over;
  expect(waits[1]).toBeGreaterThanOrEqual(waits[0] ?? Number.NaN);
});

it('leaves their order to whoever keeps it', async () => {
  const { who, whenAsked, answer } = fakeAsked(true);
  const over = play(setting([request(0, 1), request(1, 1)]), who);
  await whenAsked('1');
  for (const id of ['0', '1']) answer(id);
  await over;
});

it('waits for an answer that is thought about, and does not count the thinking', async () => {
  const { who, asked, whenAsked, answer } = fakeAsked(true);
  const over = play(setting([request(0, 1), request(1, 1, 500), request(2, 2)]), who);
  await whenAsked('2');
  expect(asked).toEqual(['0', '2']);
  const before = performance.now();
  answer('0');
  await whenAsked('1');
  // 500 s at ten thousand times the speed; timers are no finer than a millisecond.
  expect(performance.now() - before).toBeGreaterThan(48);
  const thoughtMs = performance.now() - before;
  for (const id of ['1', '2']) answer(id);
  const [, wait = Number.NaN] = await over;
  expect(wait / 10).toBeLessThan(thoughtMs);
});
