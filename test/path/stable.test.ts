import { describe, expect, it } from 'vitest';
import type { SwitchEvent } from '../../src/models/switching.ts';
import { skippableTime } from '../fakes/skippable-time.ts';
import { simulatedOllama, testOstler } from '../servers/ostler.ts';
import {
  ADA,
  askAsOther,
  BOB,
  CODE,
  HERE,
  LARGE,
  loads,
  MODELS,
  open,
  ordered,
  passUntil,
  residents,
  SMALL,
  until,
} from './stable-house.ts';

describe('a load that is ordered', () => {
  it('is told from its beginning to its end, and nobody’s chat uses another model for it', async () => {
    const { ollama, ostler } = await open();
    await ostler.ask('hello');
    // Somebody else is answered yet: whoever makes room does not leave at once.
    const other = await askAsOther(ollama, LARGE);
    const load = ollama.hold({ at: 'load', model: CODE });
    const { told, end } = await ordered(ostler, CODE);
    const progress = () => told.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
    const isAt = (stage: string) => progress().some((one) => one.stage === stage);
    while (!isAt('unloading')) await new Promise((resolve) => setImmediate(resolve));
    await other.end();
    while (!isAt('loading')) await new Promise((resolve) => setImmediate(resolve));
    load.release();
    expect(await end).toMatchObject({ type: 'loaded', model: CODE, already: false });
    expect(progress().find(({ stage }) => stage === 'unloading')).toMatchObject({ unloading: [LARGE] });
    const stages = progress().flatMap(({ stage }) => (stage === 'queued' ? [] : [stage]));
    expect([...new Set(stages)]).toEqual(['unloading', 'loading']);
    expect(residents(ollama)).toEqual([CODE]);
    expect(await ostler.front.chosen(HERE)).toBeNull();
  });

  it('says so where the model is in memory already', async () => {
    const { ostler } = await open();
    await ostler.ask('hello');
    const { told, end } = await ordered(ostler, LARGE);
    expect(await end).toMatchObject({ type: 'loaded', already: true });
    expect(told).toHaveLength(1);
  });

  it('takes the place of the older one of the same person, not of that of another', async () => {
    const { ollama, ostler } = await open();
    const hold = ollama.hold({ at: 'load' });
    const first = await ordered(ostler, LARGE);
    await hold.reached;
    const other = await ordered(ostler, SMALL, BOB);
    const newer = await ordered(ostler, CODE);
    expect(await first.end).toMatchObject({ type: 'cancelled', model: LARGE, replacedBy: CODE });
    hold.release();
    expect(await other.end).toMatchObject({ type: 'loaded', model: SMALL });
    expect(await newer.end).toMatchObject({ type: 'loaded', model: CODE });
    expect(residents(ollama).toSorted()).toEqual([CODE, SMALL]);
  });

  it('can be cancelled in mid-load: what had made room comes back', async () => {
    const { ollama, ostler } = await open();
    await ostler.ask('hello');
    const hold = ollama.hold({ at: 'load', model: CODE });
    const order = await ordered(ostler, CODE);
    await hold.reached;
    expect(ostler.front.cancelLoads(HERE, BOB)).toBe(0);
    expect(ostler.front.cancelLoads(HERE, ADA)).toBe(1);
    expect(await order.end).toMatchObject({ type: 'cancelled', goesOn: false, gone: [LARGE], leaving: [] });
    await until(ollama, LARGE);
  });

  it('that fails is told, and rolled back', async () => {
    const { ollama, ostler } = await open({ max_retries: 0 });
    await ostler.ask('hello');
    ollama.inject({ type: 'load-fails', model: CODE, how: 'killed' });
    const order = await ordered(ostler, CODE);
    expect(await order.end).toMatchObject({ type: 'failed', model: CODE, failure: { code: 'load_failed' } });
    await until(ollama, LARGE);
    expect(ostler.front.status().models.find(({ tag }) => tag === CODE)?.state).toBe('failed');
  });

  it('that fails is rolled back only after its last attempt', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open({ max_retries: 1 });
    await ostler.ask('hello');
    for (let attempt = 0; attempt < 2; attempt += 1)
      ollama.inject({ type: 'load-fails', model: CODE, how: 'killed' });
    const order = await ordered(ostler, CODE);
    const rests = (event?: SwitchEvent) =>
      event?.type === 'progress' && event.progress.stage === 'queued' && event.progress.waitsFor === 'retry';
    // Time for several steps while the model rests: what comes back would be loaded.
    while (!rests(order.told.at(-1))) await ostler.front.resync();
    for (let looks = 0; looks < 20; looks += 1) await ostler.front.resync();
    await passUntil(time, () => order.told.at(-1)?.type === 'failed');
    await until(ollama, LARGE);
    expect(loads(ollama)).toEqual([LARGE, CODE, CODE, LARGE]);
  });

  it('of a model that can never be there is refused, with one that can', async () => {
    const { ostler } = await open({ memory: { vram_gb: 10, allow_spill: false } });
    const error = await ostler.front.load(HERE, LARGE, ADA).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ code: 'insufficient_memory', message: expect.stringContaining(LARGE) });
    expect(await ostler.ask('hello')).toMatchObject({
      kind: 'failure',
      failure: { code: 'insufficient_memory', hint: expect.stringContaining('Or take ') },
    });
  });

  it('of what lacks memory tells whoever asks how much, and offers no model that cannot chat', async () => {
    const large = { tag: LARGE, sizeGb: 19.9, parameterSize: '32.8B', contextLength: 32_768 };
    const embedder = { tag: 'nomic-embed-text', sizeGb: 0.3, capabilities: ['embedding' as const] };
    const { ostler } = await open(
      { memory: { vram_gb: 10, allow_spill: false } },
      { models: [large, embedder] },
    );
    const outcome = await ostler.ask('hello');
    const { failure } = outcome.kind === 'failure' ? outcome : {};
    expect(failure).toMatchObject({
      hint: expect.not.stringContaining('nomic'),
      room: { requiredBytes: expect.any(Number), availableBytes: 10 * 2 ** 30, freeableBytes: 0 },
    });
    const last = await ostler.front.last(HERE);
    expect(last?.outcome).toEqual(outcome);
  });

  it('waits until its victim has answered', async () => {
    const { ollama, ostler } = await open();
    const hold = ollama.hold({ at: 'generation', model: LARGE });
    const answer = ostler.ask('hello');
    await hold.reached;
    const order = await ordered(ostler, CODE);
    const next = ostler.ask('and another question', { address: { platform: 'web', chat: 'two' } });
    hold.release();
    expect(await answer).toMatchObject({ kind: 'answer' });
    expect(await order.end).toMatchObject({ type: 'loaded', already: false });
    expect(await next).toMatchObject({ kind: 'answer' });
    expect(loads(ollama)).toEqual([LARGE, CODE, LARGE]);
  });
});

describe('unloading', () => {
  it('waits for the answer that is being given', async () => {
    const { ollama, ostler } = await open();
    const hold = ollama.hold({ at: 'generation' });
    const answer = ostler.ask('hello');
    await hold.reached;
    ostler.front.unload(LARGE);
    expect(residents(ollama)).toEqual([LARGE]);
    hold.release();
    expect(await answer).toMatchObject({ kind: 'answer' });
    await until(ollama);
  });

  it('is refused for a pinned model', async () => {
    const { ostler } = await open();
    await ostler.front.pin(LARGE, true);
    expect(() => ostler.front.unload(LARGE)).toThrow(`${LARGE} is pinned.`);
  });
});

describe('without being asked', () => {
  it('preloads at the start what it is told to', async () => {
    const { ollama } = await open({ preload: [SMALL, CODE] });
    await until(ollama, SMALL, CODE);
  });

  it('a pinned model comes by itself, for ever, and again when Ollama was restarted', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open({
      models: { ...MODELS, small: { ...MODELS.small, pinned: true } },
    });
    await until(ollama, SMALL);
    const centuries = Date.now() + 200 * 365 * 86_400_000;
    expect(ollama.residents()[0]?.expiresAtMs).toBeGreaterThan(centuries);
    await ollama.goAway({ crashed: true });
    await ollama.comeBack();
    await passUntil(time, () => residents(ollama).join() === SMALL);
    await ostler.ask('hello', { model: CODE });
    expect(residents(ollama).toSorted()).toEqual([CODE, SMALL]);
  });

  it('pins outlive a restart, and a pinned model that leaves no room is why another one is refused', async () => {
    const { ollama, ostler } = await open();
    await ostler.front.pin(SMALL, true);
    await until(ollama, SMALL);
    expect(await ostler.ask('hello')).toMatchObject({
      kind: 'failure',
      failure: { code: 'insufficient_memory', message: expect.stringContaining(`${SMALL} (pinned)`) },
    });
    await ostler.close();
    const { config } = ostler;
    const again = await testOstler(ollama, { llm: config.llm, data_dir: config.data_dir });
    expect(again.front.pinned()).toEqual([SMALL]);
  });

  it('the default model comes back once nothing was to do for a while', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open({ return_to_default_minutes: 10 });
    await ostler.ask('hello');
    await ostler.ask('hello', { model: CODE });
    expect(residents(ollama)).toEqual([CODE]);
    await passUntil(time, () => residents(ollama).join() === LARGE);
    expect(loads(ollama)).toEqual([LARGE, CODE, LARGE]);
  });

  it('whoever begins to type finds the model warm, at nobody’s cost', async () => {
    const { ollama, ostler } = await open({ memory: { vram_gb: 40 } });
    await ostler.ask('hello', { model: SMALL });
    await ostler.front.choose(HERE, CODE, ADA);
    ostler.front.typing(HERE);
    await until(ollama, SMALL, CODE);
    // No room beside the others.
    await ostler.front.choose(HERE, LARGE, ADA);
    ostler.front.typing(HERE);
    ostler.front.typing({ platform: 'web', chat: 'where nobody ever asked' });
    expect(await ostler.ask('hello', { model: SMALL })).toMatchObject({ kind: 'answer' });
    expect(loads(ollama)).toEqual([SMALL, CODE]);
  });
});

it('a question in the background is answered once nobody else waits', async () => {
  const { ollama, ostler } = await open();
  const hold = ollama.hold({ at: 'generation', model: LARGE });
  const first = ostler.ask('hello');
  await hold.reached;
  const at = (chat: string) => ({ address: { platform: 'web', chat } });
  const warmed = ostler.ask('to be kept', { ...at('two'), model: LARGE, isBackground: true });
  const asked = ostler.ask('hello', { ...at('three'), model: CODE });
  hold.release();
  await Promise.all([first, warmed, asked]);
  expect(loads(ollama)).toEqual([LARGE, CODE, LARGE]);
});

describe('what one asks while waiting', () => {
  const PARTS = ['one', 'two', 'three'];

  async function askAll(together: boolean, more: object = {}) {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, {
      llm: { routing: { default: SMALL } },
      queue: { answer_together: together },
    });
    const hold = ollama.hold({ at: 'generation' });
    const followed = ostler.follow();
    const first = await ostler.send('first', { person: ADA, ...more });
    await hold.reached;
    const jobs: string[] = [];
    for (const text of PARTS) jobs.push((await ostler.send(text, { person: ADA, ...more })).job);
    hold.release();
    for (const job of new Set([first.job, ...jobs])) await followed.outcome(job);
    const asked = ollama.requests().filter(({ path }) => path === '/api/chat');
    return { jobs: new Set(jobs).size, asked: asked.length };
  }

  it('is one question where that is wished', async () => {
    expect(await askAll(true)).toEqual({ jobs: 1, asked: 2 });
  });

  it('is a question each by default, and always in groups', async () => {
    expect(await askAll(false)).toEqual({ jobs: 3, asked: 4 });
    expect(await askAll(true, { kind: 'group' })).toEqual({ jobs: 3, asked: 4 });
  });
});
