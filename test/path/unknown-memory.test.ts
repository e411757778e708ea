import { describe, expect, it } from 'vitest';
import { skippableTime } from '../fakes/skippable-time.ts';
import {
  ADA,
  asked,
  CODE,
  HERE,
  LARGE,
  loadElsewhere,
  loads,
  MODELS,
  open,
  ordered,
  passUntil,
  residents,
  SMALL,
  unloads,
  until,
} from './stable-house.ts';

/** The GPU holds the large model, or the two others; nobody says so. */
const openUnknown = (llm: object = {}, options: Parameters<typeof open>[1] = {}) =>
  open({ memory: {}, ...llm }, options);

const OTHER = 'llama3:8b-instruct-q4_K_M';

describe('where nobody knows how much memory there is', () => {
  it('people are asked first all the same', async () => {
    const { ollama, ostler } = await openUnknown({ memory: { confirm_before_unload: true } });
    await ostler.ask('hello');
    const followed = ostler.follow();
    const { job } = await ostler.send('some code', { model: CODE, person: ADA });
    const asks = await asked(followed);
    expect(asks).toMatchObject({ unloads: [LARGE] });
    expect(residents(ollama)).toEqual([LARGE]);
    expect(await ostler.front.agree(HERE, job, { choice: 'switch', question: asks.id }, ADA.id)).toBe(true);
    expect(await followed.outcome(job)).toMatchObject({ answer: { provenance: { model: CODE } } });
    expect(unloads(ollama)).toEqual([LARGE]);
  });

  it('whom Ollama pushed out for a load that failed is told, and comes back', async () => {
    const { ollama, ostler } = await openUnknown({ max_retries: 0 });
    await ostler.ask('hello');
    ollama.inject({ type: 'load-fails', model: CODE, how: 'killed' });
    const order = await ordered(ostler, CODE);
    expect(await order.end).toMatchObject({ type: 'failed', gone: [LARGE], leaving: [] });
    await until(ollama, LARGE);
  });

  it('the default model comes back where Ollama pushed it out', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await openUnknown({ return_to_default_minutes: 10 });
    await ostler.ask('hello');
    await ostler.ask('some code', { model: CODE });
    expect(residents(ollama)).toEqual([CODE]);
    await passUntil(time, () => residents(ollama).join() === LARGE);
    expect(loads(ollama)).toEqual([LARGE, CODE, LARGE]);
  });

  it('what does not fit is pushed out once, and chosen from then on; what fits stays', async () => {
    const { ollama, ostler } = await openUnknown();
    await ostler.ask('hello');
    await ostler.ask('hello', { model: SMALL });
    expect(unloads(ollama)).toEqual([]);
    await ostler.ask('some code', { model: CODE });
    expect(residents(ollama).toSorted()).toEqual([CODE, SMALL]);
    await ostler.ask('hello again');
    expect(residents(ollama)).toEqual([LARGE]);
    expect(unloads(ollama).toSorted()).toEqual([CODE, SMALL]);
  });

  it('all that is preloaded comes, as far as it fits', async () => {
    const { ollama } = await openUnknown({ preload: [SMALL, CODE] });
    await until(ollama, SMALL, CODE);
  });

  it.each([
    ['preserved', { memory: { preserve_models: [LARGE] } }],
    ['pinned', { models: { ...MODELS, large: { ...MODELS.large, pinned: true } } }],
  ])('a %s model is pushed out once at most: it comes back, and the operator is told', async (keeps, llm) => {
    const time = skippableTime();
    const { ollama, ostler } = await openUnknown(llm);
    await ostler.ask('hello');
    expect(await ostler.ask('some code', { model: CODE })).toMatchObject({ kind: 'answer' });
    await passUntil(time, () => residents(ollama).join() === LARGE);
    expect(ostler.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        model: CODE,
        gone: [LARGE],
        hint: expect.stringContaining('set llm.memory.vram_gb, if there is a GPU'),
      }),
    );
    await ostler.front.resync();
    const { verdict } = await ostler.front.foresee(CODE);
    expect(verdict.kind).toBe(keeps === 'pinned' ? 'never' : 'waits');
  });

  it('what does not fit beside a pinned model is refused once that was seen', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await openUnknown({
      models: { ...MODELS, large: { ...MODELS.large, pinned: true } },
    });
    await ostler.ask('hello');
    await ostler.ask('some code', { model: CODE });
    await passUntil(time, () => residents(ollama).join() === LARGE);
    expect(await ostler.ask('more code', { model: CODE })).toMatchObject({
      kind: 'failure',
      failure: {
        code: 'insufficient_memory',
        message: expect.stringContaining(`beside ${LARGE} (pinned) so much did not fit`),
      },
    });
    expect(residents(ollama)).toEqual([LARGE]);
  });

  it('what fits, and seemed not to because another program stopped a pinned model, is tried again in an hour', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await openUnknown();
    await ostler.front.pin(SMALL, true);
    await until(ollama, SMALL);
    const hold = ollama.hold({ at: 'load', model: CODE });
    const answer = ostler.ask('some code', { model: CODE });
    await hold.reached;
    await loadElsewhere(ollama, SMALL, { keep_alive: 0 });
    await until(ollama);
    hold.release();
    await answer;
    await passUntil(time, () => residents(ollama).includes(SMALL));
    await loadElsewhere(ollama, CODE, { keep_alive: 0 });
    await until(ollama, SMALL);
    time.skip(3_600_000);
    await ostler.front.resync();
    expect(await ostler.ask('more code', { model: CODE })).toMatchObject({ kind: 'answer' });
    expect(residents(ollama).toSorted()).toEqual([CODE, SMALL]);
  });

  it('beside a pinned model whatever else is there leaves first', async () => {
    const { ollama, ostler } = await openUnknown({
      models: { ...MODELS, small: { ...MODELS.small, pinned: true } },
      routing: { default: CODE },
    });
    await until(ollama, SMALL);
    await ostler.ask('some code');
    expect(residents(ollama).toSorted()).toEqual([CODE, SMALL]);
    await ostler.ask('hello', { model: OTHER });
    expect(unloads(ollama)).toEqual([CODE]);
    expect(residents(ollama)).toContain(SMALL);
  });
});
