import { describe, expect, it } from 'vitest';
import { skippableTime } from '../fakes/skippable-time.ts';
import { simulatedOllama, testOstler } from '../servers/ostler.ts';
import {
  CODE,
  HERE,
  LARGE,
  loadElsewhere,
  loads,
  MODELS,
  type Ollama,
  open,
  ordered,
  residents,
  SMALL,
  until,
} from './stable-house.ts';

/** In seconds; null: for ever. */
const keepAlive = (ollama: Ollama) => ollama.residents()[0]?.keepAliveSeconds;

/** As somebody may write it; Ollama takes it for the same. */
const SHOUTED = 'Qwen2.5:7B';

describe('a model that stays in memory', () => {
  it('is refused where as many stay as may be there, and told how one of them goes', async () => {
    const { ollama, ostler } = await open({ cache: { max_models: 1 } });
    await ostler.front.pin(SMALL, true);
    await until(ollama, SMALL);
    await expect(ostler.front.pin(CODE, true)).rejects.toMatchObject({
      code: 'bad_input',
      message: `One model at most may be in memory: ${SMALL} stays there.`,
      hint: `Unpin ${SMALL} with /pin ${SMALL} off, or raise llm.cache.max_models.`,
    });
    expect(ostler.front.pinned()).toEqual([SMALL]);
  });

  it('and was deleted takes no other its place, and is unpinned like any other', async () => {
    const { ollama, ostler } = await open({ cache: { max_models: 1 } });
    await ostler.front.pin(SMALL, true);
    await until(ollama, SMALL);
    await fetch(`${ollama.url}/api/delete`, { method: 'DELETE', body: JSON.stringify({ model: SMALL }) });
    await until(ollama);
    await ostler.front.resync();
    await ostler.front.pin(CODE, true);
    expect(ostler.front.pinned()).toEqual([SMALL, CODE]);
    await ostler.front.pin(SMALL, false);
    expect(ostler.front.pinned()).toEqual([CODE]);
    await expect(ostler.front.pin(SMALL, false)).rejects.toMatchObject({ code: 'not_installed' });
  });

  it('is refused where it has no room beside those that stay', async () => {
    const { ollama, ostler } = await open();
    await ostler.front.pin(SMALL, true);
    await until(ollama, SMALL);
    await expect(ostler.front.pin(LARGE, true)).rejects.toMatchObject({ code: 'insufficient_memory' });
    expect(ostler.front.pinned()).toEqual([SMALL]);
  });

  it('is not unloaded; whoever pins it says how it may be', async () => {
    const { ostler } = await open({ models: { ...MODELS, small: { ...MODELS.small, pinned: true } } });
    await ostler.front.pin(CODE, true);
    const unloading = async (tag: string) => ostler.front.unload(tag);
    await expect(unloading(CODE)).rejects.toMatchObject({ hint: `Unpin ${CODE} with /pin ${CODE} off.` });
    await expect(unloading(SMALL)).rejects.toMatchObject({
      hint: `Take pinned: true from ${SMALL} under llm.models.`,
    });
    await expect(ostler.front.pin(SMALL, false)).rejects.toMatchObject({
      hint: `Take pinned: true from ${SMALL} under llm.models.`,
    });
  });

  it('that is in memory already stays for ever from then on, and not any more once it is unpinned', async () => {
    const { ollama, ostler } = await open({ cache: { keep_alive: '2m' } });
    await ostler.ask('hello');
    await ostler.front.pin(LARGE, true);
    await ollama.until(() => keepAlive(ollama) === null);
    await ostler.front.pin(LARGE, false);
    await ollama.until(() => keepAlive(ollama) === 120);
    expect(loads(ollama)).toEqual([LARGE]);
  });

  it('leaves by itself once it is unpinned, also where Ollama did not take that at first', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open({ cache: { keep_alive: '2m' } });
    await ostler.ask('hello');
    await ostler.front.pin(LARGE, true);
    await ollama.until(() => keepAlive(ollama) === null);
    ollama.inject({ type: 'busy', model: LARGE });
    await ostler.front.pin(LARGE, false);
    await expect.poll(() => ostler.lines).toContainEqual(expect.objectContaining({ level: 'warn' }));
    expect(keepAlive(ollama)).toBeNull();
    time.skip(60_000);
    await ollama.until(() => keepAlive(ollama) === 120);
  });

  it('and was loaded before we came stays for ever, too', async () => {
    const ollama = await simulatedOllama();
    await loadElsewhere(ollama, SMALL, { options: { num_ctx: 4_096 } });
    await testOstler(ollama, { llm: { models: { small: { name: SMALL, pinned: true } } } });
    await ollama.until(() => keepAlive(ollama) === null);
    expect(loads(ollama)).toEqual([SMALL]);
  });

  it('keeps its place where it was about to leave', async () => {
    const { ollama, ostler } = await open();
    const hold = ollama.hold({ at: 'generation' });
    const answer = ostler.ask('hello');
    await hold.reached;
    ostler.front.unload(LARGE);
    await ostler.front.pin(LARGE, true);
    hold.release();
    await answer;
    await ollama.until(() => keepAlive(ollama) === null);
    expect(loads(ollama)).toEqual([LARGE]);
  });

  it('comes by itself however the configuration writes its name', async () => {
    const { ollama, ostler } = await open({ models: { small: { name: SHOUTED, pinned: true } } });
    await until(ollama, SMALL);
    expect(ostler.front.pinned()).toEqual([SMALL]);
  });
});

it('what is preloaded is found however the configuration writes its name', async () => {
  const { ollama } = await open({ preload: [SHOUTED] });
  await until(ollama, SMALL);
});

it('whoever orders what is about to leave keeps it', async () => {
  const { ollama, ostler } = await open();
  const hold = ollama.hold({ at: 'generation' });
  const answer = ostler.ask('hello');
  await hold.reached;
  ostler.front.unload(LARGE);
  const order = await ordered(ostler, LARGE);
  expect(await order.end).toMatchObject({ type: 'loaded', already: true });
  hold.release();
  await answer;
  // Another answer of it shows that it was not on its way out.
  await ostler.ask('and again', { address: { ...HERE, chat: 'two' } });
  expect(loads(ollama)).toEqual([LARGE]);
  expect(residents(ollama)).toEqual([LARGE]);
});
