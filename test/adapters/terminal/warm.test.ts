import { describe, expect, it } from 'vitest';
import { stay } from '../../../adapters/terminal/cache/stay.ts';
import { warm } from '../../../adapters/terminal/cache/warm.ts';
import { jsonWarmView, textWarmView } from '../../../adapters/terminal/cache/warm-view.ts';
import { inProcessCall } from '../../../adapters/terminal/call.ts';
import { createClient } from '../../../adapters/terminal/chat/client.ts';
import { EXIT } from '../../../adapters/terminal/exit.ts';
import type { Reached } from '../../../adapters/terminal/reach.ts';
import { textScreen } from '../../../adapters/terminal/screen.ts';
import type { CacheStats } from '../../../src/stats/cache-stats.ts';
import { statsOfCache } from '../../fakes/cache-stats.ts';
import { simulatedOllama, type TestOstler, testOstler } from '../../servers/ostler.ts';
import { answered, fakeBot, fakeStream } from './fakes.ts';

const never = new AbortController().signal;
const MODEL = 'qwen2.5:7b';
const COLD = { options: { temperature: 0 }, routing: { default: MODEL }, max_retries: 0 };

const within = (ostler: TestOstler) => async (): Promise<Reached> => ({
  client: createClient(inProcessCall(ostler.handle)),
  own: false,
  close: async () => {},
});

function terminal(isTTY = false) {
  const [stdout, stderr] = [fakeStream(), fakeStream(isTTY)];
  return { stdout, stderr, view: textWarmView(stdout, stderr), screen: textScreen(stdout, stderr) };
}

const asking = (...questions: readonly string[]) => questions.map((question) => ({ question }));

describe('asking ahead', () => {
  it('asks one after the other, and what is there a second time costs nothing', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: COLD });
    const questions = [...asking('one?', 'two?'), { question: 'three?', model: 'qwen2.5:32b' }];
    const first = terminal();
    expect(await warm(questions, within(ostler), first.view, first.screen, never)).toBe(EXIT.answered);
    expect([first.stdout.written(), first.stderr.written()]).toEqual([
      '3 of 3: 0 already there, 3 new, 0 failed\n',
      '',
    ]);
    const asked = ollama.requests().filter(({ path }) => path === '/api/chat');
    const contents = asked.map(({ body }) => (body as { messages: { content: string }[] }).messages);
    expect(contents.map((messages) => messages.map(({ content }) => content))).toEqual([
      ['one?'],
      ['two?'],
      ['three?'],
    ]);
    const second = terminal();
    expect(await warm(questions, within(ostler), second.view, second.screen, never)).toBe(EXIT.answered);
    expect(second.stdout.written()).toBe('3 of 3: 3 already there, 0 new, 0 failed\n');
    expect(ollama.requests().filter(({ path }) => path === '/api/chat')).toHaveLength(3);
  });

  it('goes on where one fails, tells which, and exits with 1', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: COLD });
    ollama.inject({ type: 'stream-breaks', afterTokens: 2 });
    const { view, screen, stdout, stderr } = terminal();
    expect(await warm(asking('one?', 'two?'), within(ostler), view, screen, never)).toBe(EXIT.failed);
    expect(stdout.written()).toBe('2 of 2: 0 already there, 1 new, 1 failed\n');
    expect(stderr.written()).toMatch(/^ostler: question 1 \(one\?\): \S.*\n$/);
  });

  it('is one object for programs', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: COLD });
    const stdout = fakeStream();
    ollama.inject({ type: 'stream-breaks', afterTokens: 2 });
    const code = await warm(
      asking('1?', '2?'),
      within(ostler),
      jsonWarmView(stdout),
      terminal().screen,
      never,
    );
    expect(code).toBe(EXIT.failed);
    expect(JSON.parse(stdout.written())).toEqual({
      questions: 2,
      hits: 0,
      new: 1,
      unkept: 0,
      failed: 1,
      left: 0,
      failures: [{ position: 1, error: expect.objectContaining({ code: 'mid_stream' }) }],
    });
  });

  it('ends where somebody leaves, and goes on from there', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: COLD });
    const questions = asking('one?', 'two?', 'three?');
    const only = terminal();
    await warm(questions.slice(0, 1), within(ostler), only.view, only.screen, never);
    const held = ollama.hold({ at: 'generation' });
    const leave = new AbortController();
    const { view, screen, stdout, stderr } = terminal();
    const code = warm(questions, within(ostler), view, screen, leave.signal);
    await held.reached;
    leave.abort();
    expect(await code).toBe(EXIT.interrupted);
    expect(stdout.written()).toBe('1 of 3: 1 already there, 0 new, 0 failed\n');
    expect(stderr.written()).toBe('2 left. The same command goes on from here.\n');
    await ollama.until(() => ollama.running() === 0);
    held.release();
    const again = terminal();
    expect(await warm(questions, within(ostler), again.view, again.screen, never)).toBe(EXIT.answered);
    expect(again.stdout.written()).toBe('3 of 3: 1 already there, 2 new, 0 failed\n');
  });

  it('ends soon where no answer is kept', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: { ...COLD, options: { temperature: 1 } } });
    const { view, screen, stdout, stderr } = terminal();
    const questions = asking('1?', '2?', '3?', '4?', '5?');
    expect(await warm(questions, within(ostler), view, screen, never)).toBe(EXIT.failed);
    expect(stdout.written()).toBe('3 of 5: 0 already there, 0 new, 3 not kept, 0 failed\n');
    expect(stderr.written()).toBe(
      '! The answers are not kept, so it was ended: 3 (a high temperature).\n2 left.\n',
    );
    expect(ollama.requests().filter(({ path }) => path === '/api/chat')).toHaveLength(3);
  });

  it('goes on where others are not kept meanwhile, and where some of its own are', async () => {
    const ollama = await simulatedOllama();
    const rules = [{ pattern: '^dear', model: MODEL, cache: false }];
    const ostler = await testOstler(ollama, { llm: { ...COLD, routing: { default: MODEL, rules } } });
    const { view, screen, stdout, stderr } = terminal();
    const questions = asking('1?', 'dear 2?', 'dear 3?', 'dear 4?', '5?');
    const reach = async () => {
      // Somebody else asks what is not kept, with each of ours.
      await ostler.ask('dear others?', { standalone: true });
      return within(ostler)();
    };
    expect(await warm(questions, reach, view, screen, never)).toBe(EXIT.failed);
    expect(stdout.written()).toBe('5 of 5: 0 already there, 2 new, 3 not kept, 0 failed\n');
    expect(stderr.written()).toBe('! Some answers are not kept: 3 (a rule).\n');
  });

  it('counts what was cut off as not kept', async () => {
    const ollama = await simulatedOllama();
    const options = { temperature: 0, num_predict: 1 };
    const ostler = await testOstler(ollama, { llm: { ...COLD, options } });
    const { view, screen, stdout, stderr } = terminal();
    expect(await warm(asking('1?', '2?'), within(ostler), view, screen, never)).toBe(EXIT.failed);
    expect(stdout.written()).toBe('2 of 2: 0 already there, 0 new, 2 not kept, 0 failed\n');
    expect(stderr.written()).toBe('! Some answers are not kept: 2 (cut off or empty).\n');
  });

  it.each<[l2: CacheStats['l2'], words: string]>([
    [null, 'answers are kept in the second tier only, and there is none'],
    [{ ...statsOfCache().l1, backend: 'sqlite', state: 'down', detail: 'No.' }, 'sqlite is down (No.)'],
    [{ ...statsOfCache().l1, backend: 'redis', state: 'full', detail: '' }, 'redis is full'],
  ])('asks nothing where all is lost when it ends: %#', async (l2, words) => {
    const bot = fakeBot([], {}, statsOfCache({ l2 }));
    const { view, screen, stderr } = terminal();
    expect(await warm(asking('one?'), bot.reach(true), view, screen, never)).toBe(EXIT.failed);
    expect([stderr.written().includes(words), bot.sent]).toEqual([true, []]);
  });

  it('says so where all is lost although it began well', async () => {
    const ready = { ...statsOfCache().l1, backend: 'redis', state: 'ready', detail: '' };
    const states = [ready, { ...ready, state: 'down' }];
    const bot = fakeBot([{ events: [answered('Yes.')] }]);
    const reach = async () => {
      const reached = await bot.reach(true)();
      const cacheStats = async () => statsOfCache({ l2: states.shift() ?? null });
      return { ...reached, client: { ...reached.client, cacheStats }, close: async () => {} };
    };
    const { view, screen, stdout, stderr } = terminal();
    expect(await warm(asking('one?'), reach, view, screen, never)).toBe(EXIT.failed);
    expect(stdout.written()).toBe('1 of 1: 0 already there, 1 new, 0 failed\n');
    expect(stderr.written()).toBe('! What is new may be lost: redis is down.\n');
  });

  it('asks nothing where the cache is off', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: COLD, response_cache: { enabled: false } });
    const { view, screen, stderr } = terminal();
    expect(await warm(asking('one?'), within(ostler), view, screen, never)).toBe(EXIT.failed);
    expect(stderr.written()).toContain('Nothing would be kept: the response cache is off.');
    expect(ollama.requests().filter(({ path }) => path === '/api/chat')).toEqual([]);
  });
});

describe('the line that grows', () => {
  const tally = { questions: 40, hits: 3, new: 7, unkept: 0, failed: 0 };

  it('shows how far it is, never more than fits, and gives way to what is said', () => {
    const { view, stdout, stderr } = terminal(true);
    view.progress(tally, 'Loading a model with a very long name');
    expect(stderr.written()).toBe('\r\x1b[K[█████···············] 10 of 40: 3 alre');
    view.note('Something.');
    expect(stderr.written()).toContain('\r\x1b[K! Something.\n');
    view.end({ ...tally, left: 0 });
    expect(stdout.written()).toBe('10 of 40: 3 already there, 7 new, 0 failed\n');
  });

  it('is not drawn where nobody sits', () => {
    const { view, stderr } = terminal(false);
    view.progress(tally, 'Loading');
    expect(stderr.written()).toBe('');
  });

  it('lets no question steer the terminal', () => {
    const { view, stderr } = terminal(true);
    view.failed(1, 'red \x1b[31m\nalert', { code: 'internal', message: 'No.' });
    expect(stderr.written()).toBe('ostler: question 1 (red  [31m alert): No.\n');
  });
});

describe('staying with an Ostler of our own', () => {
  it('opens it once, and leaves it at the end', async () => {
    const bot = fakeBot([]);
    let opened = 0;
    const reach = async () => {
      opened += 1;
      return bot.reach(true)();
    };
    const staying = stay(reach, 1e9);
    for (let at = 0; at < 3; at += 1) await (await staying.reach()).close();
    expect([opened, bot.closed()]).toEqual([1, 0]);
    await staying.close();
    await staying.close();
    expect(bot.closed()).toBe(1);
  });

  it('lets a bot that starts take over when its time is up', async () => {
    const [own, bot] = [fakeBot([]), fakeBot([])];
    const reaches = [own.reach(true), bot.reach(false)];
    const staying = stay(async () => (reaches.shift() ?? bot.reach(false))(), 0);
    expect((await staying.reach()).own).toBe(true);
    const next = await staying.reach();
    expect([next.own, own.closed()]).toEqual([false, 1]);
    await next.close();
    expect(bot.closed()).toBe(1);
  });
});
