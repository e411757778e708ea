import { expect, it } from 'vitest';
import { ostler } from '../../../bench/scheduler/ostler.ts';
import { playBot, playKeepAlive, playSimulated, playStraight } from '../../../bench/swaps/arms.ts';
import { hands } from './hand-made.ts';

const request = (atSeconds: number, model: number, tokens = 10, chat: number | string = `${atSeconds}`) => ({
  atSeconds,
  model,
  chat,
  tokens,
});
/** In turn for both models, the last one in the chat of the first; all are there before the first load ends. */
const IN_TURN = hands([...[0, 1, 2, 3, 4].map((at) => request(at, at % 2)), request(5, 1, 10, '0')]);

it('the bot answers model by model, as in its simulation, and asks nothing of a model that is to leave', async () => {
  const trouble: string[] = [];
  const played = await playBot(IN_TURN, (line) => void trouble.push(line));
  expect(trouble).toEqual([]);
  expect(played).toMatchObject({ swaps: 2, toLeaving: 0, standstillSeconds: 0 });
  expect(played.swaps).toBe(playSimulated(IN_TURN.trace, ostler).swaps);
});

it('straight to Ollama they are answered in their order', async () => {
  expect((await playStraight(IN_TURN)).swaps).toBe(6);
});

it('the file of the model that comes next is staged', async () => {
  // B is asked for while A answers for long.
  const setting = hands([request(0, 0, 10_000), request(510, 1)], { ramGb: 30 });
  expect(await playBot(setting, () => undefined)).toMatchObject({ swaps: 2, warm: 1 });
});

it('a keep_alive on every question makes Ollama hang, without one it goes on', async () => {
  const overlapping = hands([request(0, 0, 10_000), request(600, 1), request(700, 0)]);
  expect(await playKeepAlive(overlapping, { keepAlive: '30m', limitSeconds: 2_000 })).toBeGreaterThan(2_000);
  expect((await playStraight(overlapping)).swaps).toBe(2);
});
