import { describe, expect, it } from 'vitest';
import type { ConversationEvent } from '../../src/chat/front.ts';
import type { LoadProgress } from '../../src/chat/progress.ts';
import { skippableTime } from '../fakes/skippable-time.ts';
import { simulatedOllama, temporaryFolder, testOstler } from '../servers/ostler.ts';

/** Each question loads its model anew. */
const NONE = { routing: { default: 'qwen2.5:7b' }, cache: { type: 'none' } };
/** 4.7 GB at the speed that is taken for granted as long as nothing was measured. */
const GUESS = { aboutSeconds: 10, upToSeconds: 20, basis: 'guessed' };
const ADDRESS = { platform: 'web', chat: 'one' };

async function open() {
  const time = skippableTime();
  const ollama = await simulatedOllama();
  const config = { llm: NONE, data_dir: await temporaryFolder() };

  /** Asks, and lets the load take so long. Returns what was told of it. */
  async function askSlowly(ostler: Awaited<ReturnType<typeof testOstler>>, seconds: number, ends = true) {
    const followed = ostler.follow();
    const load = ollama.hold({ at: 'load' });
    const { job } = await ostler.send('hello');
    await load.reached;
    const told = (event: ConversationEvent) => loadOf(event, job);
    const first = await followed.until(told);
    time.skip(seconds * 1_000);
    await followed.until((event) => (told(event)?.forSeconds ?? -1) >= seconds || undefined);
    if (!ends) {
      await ostler.front.stop(ADDRESS);
      await ollama.until(() => ollama.running() === 0);
    }
    load.release();
    const outcome = await followed.outcome(job);
    await ollama.until(() => ollama.residents().length === 0);
    return { first, all: followed.events.flatMap((event) => told(event) ?? []), outcome };
  }

  return { ollama, askSlowly, reopen: () => testOstler(ollama, config) };
}

function loadOf(event: ConversationEvent, job: string): LoadProgress | undefined {
  if (event.type !== 'progress' || event.job !== job) return undefined;
  const { progress } = event;
  return progress.stage === 'loading' || progress.stage === 'initializing' ? progress : undefined;
}

describe('how long a load takes', () => {
  it('is guessed at first, and known after a restart', async () => {
    const { askSlowly, reopen } = await open();
    const before = await reopen();
    const guessed = await askSlowly(before, 30);
    expect(guessed.first).toMatchObject({ estimate: GUESS, forSeconds: 0, share: 0 });
    expect(guessed.all.find(({ forSeconds }) => forSeconds >= 30)).toMatchObject({ share: 0.9 });
    await before.close();
    const { first } = await askSlowly(await reopen(), 30);
    expect(first.estimate?.basis).toBe('measured');
    expect(first.estimate?.aboutSeconds).toBeGreaterThanOrEqual(30);
  });

  it('is not learned from a load that was abandoned', async () => {
    const { askSlowly, reopen } = await open();
    const ostler = await reopen();
    const stopped = await askSlowly(ostler, 30, false);
    expect(stopped.outcome.kind).toBe('cancelled');
    expect((await askSlowly(ostler, 1)).first).toMatchObject({ estimate: GUESS });
  });
});
