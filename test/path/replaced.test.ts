import { describe, expect, it } from 'vitest';
import type { OllamaOptions } from '../../demo/ollama/ollama.ts';
import { skippableTime } from '../fakes/skippable-time.ts';
import {
  ask,
  askAsOther,
  loads,
  type Ollama,
  open,
  ordered,
  passUntil,
  residents,
  SMALL,
  until,
} from './stable-house.ts';

const VERSION = { tag: SMALL, sizeGb: 4.7, parameterSize: '7.6B' };
/** What is in memory of it, and what /api/pull finds. */
const options = (newer: object): OllamaOptions => ({
  models: [VERSION],
  catalogue: [{ ...VERSION, ...newer }],
});
const LLM = { routing: { default: SMALL } };

async function pullElsewhere({ url }: Ollama): Promise<void> {
  await (await fetch(`${url}/api/pull`, { method: 'POST', body: JSON.stringify({ model: SMALL }) })).text();
}

/** What was asked of the model since, by path; an empty generate loads or unloads. */
const asked = (ollama: Ollama, since: number) =>
  ollama
    .requests()
    .slice(since)
    .flatMap(({ path, body }) => {
      const { keep_alive: keepAlive } = (body ?? {}) as { keep_alive?: unknown };
      if (path === '/api/chat') return ['chat'];
      return path === '/api/generate' ? [keepAlive === 0 ? 'unload' : 'load'] : [];
    });

it('a model that was pulled anew is unloaded, and loaded before it is asked', async () => {
  const { ollama, ostler } = await open(LLM, options({ template: 'another' }));
  await ostler.ask('hello');
  await pullElsewhere(ollama);
  const since = ollama.requests().length;
  await ostler.front.resync();
  await until(ollama);
  await ostler.ask('and again');
  expect(asked(ollama, since)).toEqual(['unload', 'load', 'chat']);
  expect(loads(ollama)).toEqual([SMALL, SMALL]);
});

it('so is one whose old weights no request reaches any more', async () => {
  const time = skippableTime();
  const { ollama, ostler } = await open(LLM, options({ revision: '2' }));
  await ostler.ask('hello');
  const [old] = ollama.residents();
  await pullElsewhere(ollama);
  const since = ollama.requests().length;
  await ostler.front.resync();
  expect(await ask(time, ostler, 'and again', SMALL)).toMatchObject({ kind: 'answer' });
  expect(await ask(time, ostler, 'and once more', SMALL)).toMatchObject({ kind: 'answer' });
  expect(asked(ollama, since)).toEqual(['unload', 'load', 'chat', 'chat']);
  expect(ollama.residents().map(({ digest }) => digest === old?.digest)).toEqual([true, false]);
});

it('one that answers while it is replaced answers to the end, and nothing more', async () => {
  const { ollama, ostler } = await open(LLM, options({ template: 'another' }));
  const hold = ollama.hold({ at: 'generation' });
  const answer = ostler.ask('hello');
  await hold.reached;
  await pullElsewhere(ollama);
  await ostler.front.resync();
  const next = ostler.ask('and another question', { address: { platform: 'web', chat: 'two' } });
  hold.release();
  expect([await answer, await next]).toMatchObject([{ kind: 'answer' }, { kind: 'answer' }]);
  expect(loads(ollama)).toEqual([SMALL, SMALL]);
});

it('whoever orders one that was replaced waits for the newer version', async () => {
  const time = skippableTime();
  const { ollama, ostler } = await open(LLM, options({ revision: '2' }));
  await ostler.ask('hello');
  await pullElsewhere(ollama);
  await ostler.front.resync();
  const order = await ordered(ostler, SMALL);
  await passUntil(time, () => order.told.at(-1)?.type !== 'progress');
  expect(await order.end).toMatchObject({ type: 'loaded', already: false });
  expect(ollama.residents()).toHaveLength(2);
});

describe('one that was replaced while another client is answered by it', () => {
  it('is seen until that has ended, where its weights are the same', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open(LLM, options({ template: 'another' }));
    await ostler.ask('hello');
    const other = await askAsOther(ollama, SMALL);
    await pullElsewhere(ollama);
    await ostler.front.resync();
    await passUntil(time, () => ostler.lines.some(({ message }) => message.includes('did not leave')));
    expect(ostler.front.status().models).toMatchObject([{ tag: SMALL, state: 'ready' }]);
    await other.end();
    expect(await ask(time, ostler, 'and again', SMALL)).toMatchObject({ kind: 'answer' });
    expect(loads(ollama)).toEqual([SMALL, SMALL]);
  });

  it('is out of sight where no request reaches it', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open(LLM, options({ revision: '2' }));
    const state = () => ostler.front.status().models[0]?.state;
    await ostler.ask('hello');
    const other = await askAsOther(ollama, SMALL);
    await pullElsewhere(ollama);
    await ostler.front.resync();
    await passUntil(time, () => state() === 'not_loaded');
    await other.end();
    expect(residents(ollama)).toEqual([SMALL]);
  });
});
