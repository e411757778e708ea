import { describe, expect, test } from 'vitest';
import { until } from './fake-front.ts';
import { bodyOf, send, startWeb } from './start.ts';

const MODEL = 'qwen2.5:32b';
const LOADED = { type: 'loaded', model: MODEL, already: false, seconds: 12 } as const;
const LINES = { accept: 'application/x-ndjson' };
const LOAD = { id: 'c1', name: 'load', argument: MODEL };

/** The lines of an answer, one after the other, as they come. */
function linesOf(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  return {
    leave: () => reader?.cancel(),
    /** Undefined: there are no more. */
    async next(): Promise<Record<string, unknown> | undefined> {
      while (!rest.includes('\n')) {
        const { done, value = '' } = (await reader?.read()) ?? { done: true };
        if (done) return undefined;
        rest += value;
      }
      const [line = '', ...more] = rest.split('\n');
      rest = more.join('\n');
      return line === '' ? this.next() : JSON.parse(line);
    },
  };
}

describe('a command that says more later', () => {
  test('says it in lines to whoever accepts them', async () => {
    const { url, fake } = await startWeb();
    const response = await send(`${url}/api/chats/home/commands`, LOAD, 'POST', LINES);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const lines = linesOf(response);
    expect(await lines.next()).toEqual({
      markdown: `Looking whether the memory holds ${MODEL}`,
      waits: `Looking whether the memory holds ${MODEL}`,
      offer: { command: 'stop', choices: [{ value: 'loads', label: '⏹ Cancel' }] },
    });
    const progress = { stage: 'loading', model: MODEL, forSeconds: 3 } as const;
    fake.ordered[0]?.tell({ type: 'progress', progress });
    expect(await lines.next()).toMatchObject({ markdown: `Loading ${MODEL} (3 s so far)` });
    fake.ordered[0]?.tell(LOADED);
    expect(await lines.next()).toEqual({ markdown: `\`${MODEL}\` is loaded (12.0\u00a0s).` });
    expect(await lines.next()).toBeUndefined();
    expect(fake.openLoads()).toBe(0);
  });

  test('says what it says first to everybody else, and what was ordered goes on', async () => {
    const { url, fake } = await startWeb();
    const response = await send(`${url}/api/chats/home/commands`, LOAD);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(Object.keys(await bodyOf(response))).toEqual(['markdown', 'offer', 'waits']);
    expect([fake.ordered.length, fake.cancelled()]).toEqual([1, 0]);
  });

  test('ends nothing when its listener leaves', async () => {
    const { url, fake, errors } = await startWeb();
    const lines = linesOf(await send(`${url}/api/chats/home/commands`, LOAD, 'POST', LINES));
    await lines.next();
    await lines.leave();
    fake.ordered[0]?.tell({ type: 'progress', progress: { stage: 'checking_memory', model: MODEL } });
    fake.ordered[0]?.tell(LOADED);
    await until(() => fake.openLoads() === 0);
    expect([fake.cancelled(), errors]).toEqual([0, []]);
  });

  test('keeps the connection while there is nothing to say', async () => {
    const { url } = await startWeb({ heartbeatSeconds: 0.01 });
    const response = await send(`${url}/api/chats/home/commands`, LOAD, 'POST', LINES);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.endsWith('\n\n')) text += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    expect(text).toMatch(/^\{.*\}\n\n+$/);
  });

  test('ends its lines when the server closes', async () => {
    const { url, server } = await startWeb();
    const lines = linesOf(await send(`${url}/api/chats/home/commands`, LOAD, 'POST', LINES));
    await lines.next();
    await server.close();
    expect(await lines.next()).toBeUndefined();
  });

  test('that is refused says so as every failure, also to whoever accepts lines', async () => {
    const { url, fake } = await startWeb();
    fake.refuseNext({ code: 'limited', message: 'Too many commands.' });
    const response = await send(`${url}/api/chats/home/commands`, LOAD, 'POST', LINES);
    expect(response.status).toBe(429);
    expect((await bodyOf(response)).error.code).toBe('limited');
  });

  test('and one that says no more is a single line', async () => {
    const { url } = await startWeb();
    const models = { id: 'c1', name: 'models' };
    const lines = linesOf(await send(`${url}/api/chats/home/commands`, models, 'POST', LINES));
    expect(await lines.next()).toHaveProperty('markdown');
    expect(await lines.next()).toBeUndefined();
  });
});

test('whether a model may leave the memory is answered for a question', async () => {
  const { url, fake } = await startWeb();
  const answer = (body: unknown) => send(`${url}/api/chats/home/agree`, body);
  const response = await answer({ job: 'j1', choice: 'switch', question: 'q1' });
  expect([response.status, await response.json()]).toEqual([200, { agreed: true }]);
  await answer({ job: 'j1', choice: 'resident', question: 'q1' });
  expect(fake.agreed).toEqual([
    { job: 'j1', choice: 'switch', question: 'q1' },
    { job: 'j1', choice: 'resident', question: 'q1' },
  ]);
  for (const wrong of [{ job: 'j1', choice: 'maybe', question: 'q1' }, { job: 'j1', choice: 'switch' }, {}])
    expect((await answer(wrong)).status).toBe(400);
  fake.setStanding('blocked');
  expect((await answer({ job: 'j1', choice: 'switch', question: 'q1' })).status).toBe(403);
  expect(fake.agreed).toHaveLength(2);
});

test('that somebody writes is told of their chat', async () => {
  const { url, fake } = await startWeb();
  expect((await send(`${url}/api/chats/home/typing`, {})).status).toBe(200);
  expect(fake.typed).toEqual(['home']);
  fake.setStanding('blocked');
  expect((await send(`${url}/api/chats/home/typing`, {})).status).toBe(403);
  expect(fake.typed).toEqual(['home']);
});
