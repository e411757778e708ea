import { describe, expect, it } from 'vitest';
import { simulatedOllama, testOstler } from '../servers/ostler.ts';

const ADA = { id: 'ada' };
const MODELS = {
  models: { primary: 'qwen2.5:32b', code: 'deepseek-coder-v2:16b', fast: 'qwen2.5:7b' },
  routing: {
    default: 'primary',
    rules: [
      { pattern: 'code', model: 'code' },
      { pattern: '^.{0,20}$', model: 'fast' },
    ],
  },
};

/** The chat and generate requests of an Ollama, in order. */
function asked(ollama: Awaited<ReturnType<typeof simulatedOllama>>, path: '/api/chat' | '/api/generate') {
  return ollama.requests().flatMap((request) => {
    if (request.path !== path) return [];
    return [request.body as Record<string, unknown>];
  });
}

describe('a question', () => {
  it('is answered by the model of the matching rule, and the answer says why', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    const outcome = await ostler.ask('write some code that sorts a list, please');
    expect(outcome).toMatchObject({
      kind: 'answer',
      answer: { from: 'local', provenance: { model: 'deepseek-coder-v2:16b', by: 'rule', rule: 'code' } },
    });
    expect(asked(ollama, '/api/chat').map(({ model }) => model)).toEqual(['deepseek-coder-v2:16b']);
  });

  it('is loaded for explicitly, and every call carries keep_alive', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    await ostler.ask('hello');
    await ostler.ask('a question that is longer than twenty characters');
    const calls = [...asked(ollama, '/api/generate'), ...asked(ollama, '/api/chat')];
    expect(calls).toHaveLength(4);
    expect(calls.map(({ keep_alive }) => keep_alive)).toEqual(['30m', '30m', '30m', '30m']);
  });

  it('streams: what is followed ends as what is kept', async () => {
    const ostler = await testOstler(await simulatedOllama(), { llm: MODELS });
    const followed = ostler.follow();
    const { job } = await ostler.send('hello');
    const outcome = await followed.outcome(job);
    const text = followed.events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
    expect(text.length).toBeGreaterThan(5);
    expect(outcome).toMatchObject({ kind: 'answer', answer: { text: text.join('') } });
  });

  it('tells what it waits for', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    const followed = ostler.follow();
    const load = ollama.hold({ at: 'load' });
    const { job } = await ostler.send('hello');
    await load.reached;
    await followed.until(
      (event) => (event.type === 'progress' && event.progress.stage === 'loading') || undefined,
    );
    load.release();
    await followed.outcome(job);
    const stages = followed.events.flatMap((event) =>
      event.type === 'progress' ? [event.progress.stage] : [],
    );
    expect([...new Set(stages)].filter((stage) => stage !== 'queued')).toEqual(['loading', 'generating']);
  });

  it('that arrives twice is answered once', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    const [first, second] = await Promise.all([
      ostler.send('hello', { id: 'same' }),
      ostler.send('hello', { id: 'same' }),
    ]);
    expect([first.kind, second.kind].sort()).toEqual(['duplicate', 'taken']);
    await ostler.follow().outcome(first.job);
    expect(await ostler.send('hello', { id: 'same' })).toMatchObject({ kind: 'duplicate', job: first.job });
    expect(asked(ollama, '/api/chat')).toHaveLength(1);
  });

  it('carries what was said before, across a change of model, and not after a new start', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: { ...MODELS, system_prompt: 'Be brief.' } });
    const address = { platform: 'web', chat: 'one' };
    await ostler.ask('my name is Ada');
    await ostler.ask('now write code with my name in it');
    await ostler.front.startNew(address);
    await ostler.ask('who am I?');
    const roles = asked(ollama, '/api/chat').map(({ messages }) =>
      (messages as { role: string; content: string }[]).map(({ role }) => role),
    );
    expect(roles).toEqual([
      ['system', 'user'],
      ['system', 'user', 'assistant', 'user'],
      ['system', 'user'],
    ]);
  });

  it('that is stopped by a new start leaves nothing behind in the new conversation', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    const generation = ollama.hold({ at: 'generation', afterTokens: 3 });
    const followed = ostler.follow();
    await ostler.send('hello');
    await generation.reached;
    await followed.until((event) => event.type === 'text' || undefined);
    await ostler.front.startNew({ platform: 'web', chat: 'one' });
    await ostler.ask('who am I?');
    expect(asked(ollama, '/api/chat').map(({ messages }) => (messages as unknown[]).length)).toEqual([1, 1]);
  });

  it('that stands alone neither reads the conversation nor enters it', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    await ostler.ask('hello');
    await ostler.ask('alone', { standalone: true });
    await ostler.ask('again');
    const counts = asked(ollama, '/api/chat').map(({ messages }) => (messages as unknown[]).length);
    expect(counts).toEqual([1, 1, 3]);
  });

  it('is sent with the same runner options every time, so that Ollama never reloads', async () => {
    const ollama = await simulatedOllama();
    const models = {
      fast: { name: 'qwen2.5:7b', options: { num_ctx: 2048, num_batch: 64, temperature: 0.1 } },
    };
    const rules = [{ pattern: 'poem', model: 'fast', options: { temperature: 1 } }];
    const ostler = await testOstler(ollama, { llm: { models, routing: { default: 'fast', rules } } });
    for (const text of ['hello', 'a poem', 'hello again']) await ostler.ask(text);
    expect(asked(ollama, '/api/generate').map(({ options }) => options)).toEqual([
      { num_ctx: 2048, num_batch: 64 },
    ]);
    expect(asked(ollama, '/api/chat').map(({ options }) => options)).toEqual([
      { num_ctx: 2048, num_batch: 64, temperature: 0.1 },
      { num_ctx: 2048, num_batch: 64, temperature: 1 },
      { num_ctx: 2048, num_batch: 64, temperature: 0.1 },
    ]);
    expect(ollama.events().filter(({ type }) => type === 'load-begin')).toHaveLength(1);
  });

  it('takes as much of the conversation along as the model’s context holds, the latest first', async () => {
    const ollama = await simulatedOllama({ answer: () => 'word '.repeat(100) });
    const models = { small: { name: 'qwen2.5:7b', options: { num_ctx: 1024, num_predict: 200 } } };
    const ostler = await testOstler(ollama, { llm: { models, routing: { default: 'small' } } });
    for (let turn = 0; turn < 8; turn += 1) await ostler.ask(`question ${turn} ${'and more '.repeat(20)}`);
    const last = asked(ollama, '/api/chat').at(-1)?.messages as { role: string; content: string }[];
    expect(last.length).toBeGreaterThan(1);
    expect(last.length).toBeLessThan(15);
    const questions = last
      .filter(({ role }) => role === 'user')
      .map(({ content }) => Number(content.split(' ')[1]));
    expect(questions).toEqual(questions.map((_, index) => 8 - questions.length + index));
    for (const { body } of ollama.requests().filter(({ path }) => path === '/api/chat')) {
      expect(JSON.stringify((body as { messages: unknown }).messages).length).toBeLessThan(1024 * 4);
    }
  });

  it('with a format is shown only once it was checked', async () => {
    const ollama = await simulatedOllama();
    const rules = [{ pattern: 'json', model: 'qwen2.5:7b', format: 'json' }];
    const ostler = await testOstler(ollama, { llm: { routing: { rules } } });
    const followed = ostler.follow();
    const { job } = await ostler.send('as json, please');
    const outcome = await followed.outcome(job);
    const texts = followed.events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
    expect(texts).toHaveLength(1);
    expect(outcome).toMatchObject({ answer: { text: texts[0] } });
    expect(() => JSON.parse(texts[0] ?? '')).not.toThrow();
  });

  it('that waited too long is given up, and its person told', async () => {
    const ollama = await simulatedOllama();
    await ollama.goAway();
    const ostler = await testOstler(ollama, { llm: MODELS, queue: { expire_minutes: 0.01 } });
    expect(await ostler.ask('hello')).toMatchObject({ kind: 'failure', failure: { code: 'expired' } });
  });

  it('goes to the chat’s own choice until that is taken back', async () => {
    const ostler = await testOstler(await simulatedOllama(), { llm: MODELS });
    const address = { platform: 'web', chat: 'one' };
    await ostler.front.choose(address, 'code', ADA);
    expect(await ostler.ask('hello')).toMatchObject({
      answer: { provenance: { model: 'deepseek-coder-v2:16b', by: 'choice' } },
    });
    await ostler.front.choose(address, null, ADA);
    expect(await ostler.ask('hello')).toMatchObject({ answer: { provenance: { model: 'qwen2.5:7b' } } });
    await expect(ostler.front.choose(address, 'gone:7b', ADA)).rejects.toMatchObject({
      code: 'not_installed',
    });
  });

  it('for a model that is not installed is answered by the default, which says so', async () => {
    const ostler = await testOstler(await simulatedOllama(), { llm: MODELS });
    expect(await ostler.ask('hello', { model: 'gone:7b' })).toMatchObject({
      answer: {
        provenance: {
          model: 'qwen2.5:32b',
          notice: 'gone:7b is not installed, so qwen2.5:32b answers. To install it: ollama pull gone:7b',
        },
      },
    });
  });

  it('for a model that was installed a moment ago is answered by it', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    await ostler.ask('hello');
    ollama.addModel({ tag: 'fresh:1b', sizeGb: 1 });
    expect(await ostler.ask('hello', { model: 'fresh:1b' })).toMatchObject({
      answer: { provenance: { model: 'fresh:1b' } },
    });
  });

  it('with a picture goes to a model that can see, or its person is told which to install', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    const image = await ostler.front.keepFile(Buffer.from('picture'), 'image/png');
    expect(await ostler.ask('what is this?', { images: [image] })).toEqual({
      kind: 'failure',
      failure: {
        code: 'no_vision',
        message: 'None of the installed models can look at pictures.',
        hint: 'Install one that can: ollama pull qwen2.5vl:7b',
      },
    });
    ollama.addModel({ tag: 'qwen2.5vl:7b', sizeGb: 6, capabilities: ['completion', 'vision'] });
    expect(await ostler.ask('what is this?', { images: [image] })).toMatchObject({
      answer: { provenance: { model: 'qwen2.5vl:7b' } },
    });
    const [sent] = asked(ollama, '/api/chat').map(({ messages }) => messages as { images: string[] }[]);
    expect(sent?.[0]?.images).toEqual([Buffer.from('picture').toString('base64')]);
  });

  it('that is empty or endless is refused with what to do', async () => {
    const ostler = await testOstler(await simulatedOllama());
    expect(await ostler.send(' ')).toMatchObject({ kind: 'refused', failure: { code: 'bad_input' } });
    expect(await ostler.send('x'.repeat(1_000_001))).toMatchObject({ failure: { code: 'too_long' } });
    expect(await ostler.ask('word '.repeat(100_000))).toMatchObject({ failure: { code: 'too_long' } });
  });
});

describe('several questions', () => {
  it('of one chat are answered in order, those of other chats need not wait for them', async () => {
    const ollama = await simulatedOllama({ parallel: 2 });
    const ostler = await testOstler(ollama, { llm: { ...MODELS, parallel: 2 } });
    await ostler.ask('warm up');
    const held = ollama.hold({ at: 'generation' });
    const one = ostler.follow('one');
    const first = await ostler.send('first');
    const second = await ostler.send('second');
    await held.reached;
    expect(await ostler.ask('other', { address: { platform: 'web', chat: 'two' } })).toMatchObject({
      kind: 'answer',
    });
    expect(asked(ollama, '/api/chat')).toHaveLength(3);
    held.release();
    await one.outcome(second.job);
    const ended = one.events.flatMap((event) => (event.type === 'entry' ? [event.id] : []));
    expect(ended.slice(-2)).toEqual([first.job, second.job]);
  });

  it('never make Ollama queue, swap or reload by itself', async () => {
    const ollama = await simulatedOllama({ parallel: 2 });
    const llm = { ...MODELS, parallel: 2, cache: { max_models: 1 }, options: { temperature: 0.2 } };
    const ostler = await testOstler(ollama, { llm });
    let queued = 0;
    ollama.on((event) => {
      if (event.type === 'request') queued = Math.max(queued, ollama.queued());
    });
    const texts = ['hello', 'code it', 'a question that is longer than twenty characters'];
    const asks = Array.from({ length: 30 }, (_, index) =>
      ostler.ask(texts[index % 3] ?? '', { address: { platform: 'web', chat: `chat-${index % 10}` } }),
    );
    const outcomes = await Promise.all(asks);
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(30).fill('answer'));
    const loads = ollama.events().filter(({ type }) => type === 'load-begin');
    const wanted = asked(ollama, '/api/generate').filter(({ keep_alive }) => keep_alive !== 0);
    expect(loads).toHaveLength(wanted.length);
    expect(queued).toBeLessThanOrEqual(1);
  });
});

describe('stop', () => {
  it('ends a question that waits, one that loads and one that is being answered, at once', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    const address = { platform: 'web', chat: 'one' };
    const followed = ostler.follow();

    const load = ollama.hold({ at: 'load' });
    const loading = await ostler.send('hello');
    const waiting = await ostler.send('and then?');
    await load.reached;
    expect(await ostler.front.stop(address)).toBe(2);
    expect(await followed.outcome(loading.job)).toMatchObject({ kind: 'cancelled', text: '' });
    expect(await followed.outcome(waiting.job)).toMatchObject({ kind: 'cancelled', text: '' });
    await ollama.until(() => ollama.running() === 0 && ollama.queued() === 0);

    const generation = ollama.hold({ at: 'generation', afterTokens: 3 });
    const running = await ostler.send('hello');
    await generation.reached;
    await followed.until((event) => (event.type === 'text' && event.job === running.job) || undefined);
    expect(await ostler.front.stop(address, { job: running.job })).toBe(1);
    expect(await followed.outcome(running.job)).toMatchObject({ kind: 'cancelled', model: 'qwen2.5:7b' });
    await ollama.until(() => ollama.running() === 0);
    expect(await ostler.ask('are you still there?')).toMatchObject({ kind: 'answer' });
  });
});

describe('when Ollama', () => {
  it('is away at the start, the bot runs, says so, and answers once it comes', async () => {
    const ollama = await simulatedOllama();
    await ollama.goAway();
    const ostler = await testOstler(ollama, { llm: MODELS });
    const followed = ostler.follow();
    const { job } = await ostler.send('hello');
    await followed.until(
      (event) =>
        (event.type === 'progress' &&
          event.progress.stage === 'queued' &&
          event.progress.waitsFor === 'ollama') ||
        undefined,
    );
    expect(ostler.front.status().ollama).toMatchObject({ reachable: false });
    await ollama.comeBack();
    expect(await followed.outcome(job)).toMatchObject({ kind: 'answer' });
  });

  it('dies in the middle of an answer, the answer begins anew when it is back', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    const followed = ostler.follow();
    const generation = ollama.hold({ at: 'generation', afterTokens: 3 });
    const { job } = await ostler.send('hello');
    await generation.reached;
    await followed.until((event) => event.type === 'text' || undefined);
    await ollama.goAway({ crashed: true });
    await followed.until((event) => event.type === 'restart' || undefined);
    await ollama.comeBack();
    const outcome = await followed.outcome(job);
    const restart = followed.events.findIndex((event) => event.type === 'restart');
    const text = followed.events
      .slice(restart)
      .flatMap((event) => (event.type === 'text' ? [event.text] : []));
    expect(outcome).toMatchObject({ kind: 'answer', answer: { text: text.join('') } });
  });

  it('breaks off, the question is tried again, twice at most', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    ollama.inject({ type: 'stream-breaks', afterTokens: 2 });
    expect(await ostler.ask('hello')).toMatchObject({ kind: 'answer' });
    for (let times = 0; times < 3; times += 1) ollama.inject({ type: 'stream-breaks', afterTokens: 2 });
    expect(await ostler.ask('hello')).toMatchObject({ kind: 'failure', failure: { code: 'mid_stream' } });
    expect(await ostler.ask('hello')).toMatchObject({ kind: 'answer' });
  });

  it('cannot load a model, its questions are told and others are answered', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: { ...MODELS, max_retries: 0 } });
    ollama.inject({ type: 'load-fails', model: 'qwen2.5:32b', how: 'out-of-memory', attempts: 2 });
    const text = 'a question that is longer than twenty characters';
    expect(await ostler.ask(text)).toMatchObject({ kind: 'failure', failure: { code: 'out_of_memory' } });
    expect(await ostler.ask('hello')).toMatchObject({ kind: 'answer' });
    expect(ostler.front.status().models.find(({ tag }) => tag === 'qwen2.5:32b')).toMatchObject({
      state: 'failed',
    });
  });

  it('loses a model between two questions, the default answers', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: MODELS });
    await ostler.ask('hello');
    ollama.deleteModel('qwen2.5:7b');
    expect(await ostler.ask('hello')).toMatchObject({ answer: { provenance: { model: 'qwen2.5:32b' } } });
  });

  it('has a model that another client loaded, it is used as it is', async () => {
    const ollama = await simulatedOllama();
    await fetch(`${ollama.url}/api/generate`, {
      method: 'POST',
      body: JSON.stringify({ model: 'qwen2.5:7b' }),
    });
    const ostler = await testOstler(ollama, { llm: MODELS });
    await ostler.ask('hello');
    expect(ollama.events().filter(({ type }) => type === 'load-begin')).toHaveLength(1);
  });
});

describe('a strategy', () => {
  it('none unloads a model after the last question of its visit', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: { ...MODELS, cache: { type: 'none' } } });
    const gone = ollama.when('unload');
    await ostler.ask('hello');
    await gone;
    expect(ollama.residents()).toEqual([]);
  });

  it('ssd keeps one model for two minutes', async () => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama, { llm: { ...MODELS, cache: { type: 'ssd' } } });
    await ostler.ask('hello');
    await ostler.ask('now some code');
    expect(ollama.residents().map(({ tag }) => tag)).toEqual(['deepseek-coder-v2:16b']);
    expect(asked(ollama, '/api/chat').map(({ keep_alive }) => keep_alive)).toEqual(['2m', '2m']);
  });
});

describe('after a restart', () => {
  it('conversations, choices and waiting questions are where they were', async () => {
    const ollama = await simulatedOllama();
    const first = await testOstler(ollama, { llm: MODELS });
    await first.ask('my name is Ada');
    await first.front.choose({ platform: 'web', chat: 'one' }, 'code', ADA);
    const generation = ollama.hold({ at: 'generation' });
    const running = await first.send('who am I?');
    const waiting = await first.send('and why?');
    await generation.reached;
    const closed = first.close();
    generation.release();
    await closed;

    const { data_dir } = first.config;
    const second = await testOstler(ollama, { data_dir, llm: MODELS });
    const followed = second.follow();
    expect(await followed.outcome(running.job)).toMatchObject({
      answer: { provenance: { model: 'deepseek-coder-v2:16b' } },
    });
    expect(await followed.outcome(waiting.job)).toMatchObject({ kind: 'answer' });
    expect(await second.front.chosen({ platform: 'web', chat: 'one' })).toBe('code');
    const last = asked(ollama, '/api/chat').at(-1)?.messages as unknown[];
    expect(last).toHaveLength(5);
  });
});

describe('stopping', () => {
  it('takes nothing new, and what does not finish in time goes back to the queue', async () => {
    const ollama = await simulatedOllama();
    const first = await testOstler(ollama, { llm: MODELS, shutdown_seconds: 0 });
    const generation = ollama.hold({ at: 'generation', afterTokens: 2 });
    const running = await first.send('hello');
    await generation.reached;
    const closed = first.close();
    expect(await first.send('too late')).toMatchObject({ kind: 'refused', failure: { code: 'stopping' } });
    await closed;
    await ollama.until(() => ollama.running() === 0);
    const second = await testOstler(ollama, { data_dir: first.config.data_dir, llm: MODELS });
    expect(await second.follow().outcome(running.job)).toMatchObject({ kind: 'answer' });
  });
});

describe('the log', () => {
  it('has one line for each message, with ids, route and times, and never its text', async () => {
    const ostler = await testOstler(await simulatedOllama(), { llm: MODELS });
    await ostler.ask('sesame seeds');
    const lines = ostler.lines.filter(({ message }) => message === 'answered');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      platform: 'web',
      chat: 'one',
      by: 'rule',
      model: 'qwen2.5:7b',
      from: 'local',
    });
    expect(JSON.stringify(ostler.lines)).not.toContain('sesame');
  });
});
