import { describe, expect, it } from 'vitest';
import { ADA, CODE, HERE, LARGE, loads, MEMORY, open, SMALL } from './stable-house.ts';

type Message = Parameters<Awaited<ReturnType<typeof open>>['ostler']['front']['revise']>[0];

const FIRST = { id: 'first', person: ADA, model: CODE };

/** What somebody makes of their question while its model is loaded. */
function edited(more: Partial<Message> = {}): Message {
  const said = { kind: 'direct', text: 'some other code', images: [], sentAt: 1 } as const;
  return { ...FIRST, ...said, address: HERE, ...more };
}

async function loading(rest: object = {}) {
  const { ollama, ostler } = await open({}, {}, rest);
  const hold = ollama.hold({ at: 'load', model: CODE });
  const followed = ostler.follow();
  const { job } = await ostler.send('some code', FIRST);
  await hold.reached;
  return { ollama, ostler, hold, followed, job };
}

/** The decisions that a change led to are made: its person was told anew what they wait for. */
async function whenToldAgain({ events, until }: Awaited<ReturnType<typeof loading>>['followed']) {
  const before = events.length;
  await until((event) => (events.indexOf(event) >= before && event.type === 'progress') || undefined);
}

describe('a load under way goes on', () => {
  it('where its question is edited', async () => {
    const { ollama, ostler, hold, followed, job } = await loading();
    expect(await ostler.front.revise(edited())).toEqual({ kind: 'replaced', job });
    await whenToldAgain(followed);
    hold.release();
    expect(await followed.outcome(job)).toMatchObject({ answer: { provenance: { model: CODE } } });
    expect(loads(ollama)).toEqual([CODE]);
    expect(ostler.front.llmStats()).toMatchObject({ cache_hits: 0, cache_misses: 1 });
  });

  it('where more of the same question comes', async () => {
    const { ollama, ostler, hold, followed, job } = await loading({ queue: { answer_together: true } });
    expect(await ostler.send('and more', { person: ADA, model: CODE })).toMatchObject({ job });
    await whenToldAgain(followed);
    hold.release();
    expect(await followed.outcome(job)).toMatchObject({ kind: 'answer' });
    expect(loads(ollama)).toEqual([CODE]);
  });

  it('where its question is stopped, and the next one of the chat is for the same model', async () => {
    const { ollama, ostler, hold, followed, job } = await loading();
    const next = await ostler.send('more code', { person: ADA, model: CODE });
    expect(await ostler.front.stop(HERE, { job })).toBe(1);
    await followed.outcome(job);
    hold.release();
    expect(await followed.outcome(next.job)).toMatchObject({ kind: 'answer' });
    expect(loads(ollama)).toEqual([CODE]);
  });
});

it('a load under way is given up where its question is another model’s now', async () => {
  const { ollama, ostler, followed, job } = await loading();
  await ostler.front.revise(edited({ model: SMALL }));
  expect(await followed.outcome(job)).toMatchObject({ answer: { provenance: { model: SMALL } } });
  expect(loads(ollama)).toEqual([CODE, SMALL]);
});

it('who agreed that a model leaves and edits the question is not asked again', async () => {
  const { ollama, ostler } = await open({ memory: { ...MEMORY, confirm_before_unload: true } });
  await ostler.ask('hello');
  const followed = ostler.follow();
  const { job } = await ostler.send('some code', FIRST);
  const asks = await followed.until((event) =>
    event.type === 'progress' && event.progress.stage === 'checking_memory' ? event.progress.asks : undefined,
  );
  const hold = ollama.hold({ at: 'load', model: CODE });
  await ostler.front.agree(HERE, job, { choice: 'switch', question: asks.id }, ADA.id);
  await hold.reached;
  await ostler.front.revise(edited());
  await whenToldAgain(followed);
  hold.release();
  expect(await followed.outcome(job)).toMatchObject({ answer: { provenance: { model: CODE } } });
  expect(loads(ollama)).toEqual([LARGE, CODE]);
});
