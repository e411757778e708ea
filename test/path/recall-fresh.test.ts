import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { ALONE, cachingHouse, counting, fromOf, HERE, inChat, textOf } from '../cache/house.ts';
import { otherReason } from '../cache/other-reason.ts';
import type { TestOstler } from '../servers/ostler.ts';

const numbered = (input: Record<string, unknown> = {}, more: object = {}) =>
  cachingHouse(input, { ...counting(), ...more });

const answerTo = async (ostler: TestOstler, more: Partial<Message> = {}) =>
  textOf(await ostler.ask('Why?', { ...ALONE, ...more }));

/** The question has an answer that is kept. Returns what asks it afresh. */
async function kept(ostler: TestOstler) {
  const { job } = await ostler.send('Why?', ALONE);
  expect(textOf(await ostler.follow().outcome(job))).toBe('1');
  return async () => {
    const again = await ostler.front.again(HERE, job, `again-${job}`);
    if (again.kind === 'refused') throw new Error('It was refused.');
    return again.job;
  };
}

describe('what was asked afresh has no old answer any more, in neither tier', () => {
  it('where the new one is stopped', async () => {
    const { ollama, ostler, open } = await numbered();
    const retry = await kept(ostler);
    const generation = ollama.hold({ at: 'generation' });
    const job = await retry();
    await generation.reached;
    await ostler.front.stop(HERE);
    generation.release();
    expect(fromOf(await ostler.follow().outcome(job))).toBe('cancelled');
    await ostler.close();
    expect(await answerTo(await open())).toBe('3');
  });

  it('where the new one fails', async () => {
    const { ollama, ostler, open } = await numbered({ llm: { options: { temperature: 0 }, max_retries: 0 } });
    const retry = await kept(ostler);
    ollama.inject({ type: 'stream-breaks', afterTokens: 0 });
    expect(fromOf(await ostler.follow().outcome(await retry()))).toBe('failure');
    await ostler.close();
    expect(await answerTo(await open())).not.toBe('1');
  });

  it('where the new one is not whole', async () => {
    const { give, through } = otherReason();
    const { ostler } = await numbered({}, { through });
    const retry = await kept(ostler);
    give('load');
    const outcome = await ostler.follow().outcome(await retry());
    expect(outcome).toMatchObject({ answer: { text: '2', finished: 'other' } });
    give(undefined);
    expect(await answerTo(ostler)).toBe('3');
    expect(await answerTo(ostler)).toBe('3');
  });

  it('already while the new one is made: who asks then waits for it', async () => {
    const { ollama, ostler } = await numbered();
    const retry = await kept(ostler);
    const generation = ollama.hold({ at: 'generation' });
    await retry();
    await generation.reached;
    const asking = ostler.ask('Why?', inChat('two'));
    generation.release();
    expect(textOf(await asking)).toBe('2');
  });

  it('but who wants an answer that nobody keeps leaves the old one alone', async () => {
    const { ostler } = await numbered();
    await kept(ostler);
    expect(await answerTo(ostler, { cache: { read: false, keep: false } })).toBe('2');
    expect(await answerTo(ostler)).toBe('1');
  });
});

describe('an answer that is invalidated', () => {
  const question: Message = {
    id: 'x',
    address: HERE,
    person: { id: 'tester' },
    kind: 'direct',
    text: 'Why?',
    images: [],
    sentAt: 0,
    ...ALONE,
  };

  it('is given no more, in neither tier; others are', async () => {
    const { ostler, open } = await numbered();
    await kept(ostler);
    expect(textOf(await ostler.ask('How?', ALONE))).toBe('2');
    await ostler.front.invalidate(question);
    await ostler.close();
    const again = await open();
    expect(textOf(await again.ask('How?', ALONE))).toBe('2');
    expect(await answerTo(again)).toBe('3');
  });

  it('is one of that person only', async () => {
    const { ostler } = await numbered();
    await kept(ostler);
    await ostler.front.invalidate({ ...question, person: { id: 'ben' } });
    await ostler.front.invalidate({ ...question, text: 'How?' });
    expect(await answerTo(ostler)).toBe('1');
  });

  it('is not given to who asks later either, where it is still being made, nor kept', async () => {
    const { ollama, ostler } = await numbered();
    const generation = ollama.hold({ at: 'generation' });
    const asking = ostler.ask('Why?', ALONE);
    await generation.reached;
    await ostler.front.invalidate(question);
    const later = ostler.ask('Why?', inChat('two'));
    generation.release();
    expect([textOf(await asking), textOf(await later)]).toEqual(['1', '2']);
    expect(await answerTo(ostler)).toBe('2');
  });
});
