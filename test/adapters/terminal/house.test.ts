import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { inProcessCall, socketCall } from '../../../adapters/terminal/call.ts';
import { ask } from '../../../adapters/terminal/chat/ask.ts';
import { createClient } from '../../../adapters/terminal/chat/client.ts';
import { give } from '../../../adapters/terminal/chat/give.ts';
import { talk } from '../../../adapters/terminal/chat/talk.ts';
import { EXIT } from '../../../adapters/terminal/exit.ts';
import { jsonScreen } from '../../../adapters/terminal/json-screen.ts';
import type { Reached } from '../../../adapters/terminal/reach.ts';
import { textScreen } from '../../../adapters/terminal/screen.ts';
import { controlPath } from '../../../src/config/places.ts';
import type { Config } from '../../../src/config/schema.ts';
import { simulatedOllama, type TestOstler, testOstler } from '../../servers/ostler.ts';
import { fakeStream } from './fakes.ts';

const QUESTION = { text: 'hello', images: [] };
const never = new AbortController().signal;

const overSocket = (config: Config) => async (): Promise<Reached> => {
  const { call, close } = socketCall(controlPath(config));
  return { client: createClient(call), own: false, close };
};
const within = (ostler: TestOstler) => async (): Promise<Reached> => ({
  client: createClient(inProcessCall(ostler.handle)),
  own: true,
  close: async () => {},
});

function terminal() {
  const [stdout, stderr] = [fakeStream(), fakeStream()];
  return { stdout, stderr, screen: textScreen(stdout, stderr) };
}

describe('a question to a running bot', () => {
  it('is answered over its control socket', async () => {
    const ollama = await simulatedOllama({ answer: () => 'Grüße aus dem Stall 🐴.', vramGib: 48 });
    const { config } = await testOstler(ollama);
    const { screen, stdout, stderr } = terminal();
    expect(await ask(QUESTION, overSocket(config), screen, never)).toBe(EXIT.answered);
    expect(stdout.written()).toBe('Grüße aus dem Stall 🐴.\n');
    expect(stderr.written()).toMatch(
      /^— 🏠 \S+ · default · (\d+\.\d\ss|at once)( · \S+\stok\/s)?( · simulated)?\n$/u,
    );
  });

  it('is answered as one object for programs', async () => {
    const { config } = await testOstler(await simulatedOllama({ answer: () => 'Hello.' }));
    const stdout = fakeStream();
    await ask(QUESTION, overSocket(config), jsonScreen(stdout), never);
    const { simulated, ...rest } = JSON.parse(stdout.written());
    expect([undefined, true]).toContain(simulated);
    expect(rest).toEqual({
      answer: 'Hello.',
      model: expect.any(String),
      rule: null,
      source: 'local',
      seconds: expect.any(Number),
    });
  });

  it('remembers a conversation that is named', async () => {
    const ollama = await simulatedOllama();
    const { config } = await testOstler(ollama);
    for (const text of ['my name is Ada', 'who am I?']) {
      await ask({ ...QUESTION, text, chat: 'work' }, overSocket(config), terminal().screen, never);
    }
    const bodies = ollama.requests().filter(({ path }) => path === '/api/chat');
    expect(bodies.map(({ body }) => (body as { messages: unknown[] }).messages.length)).toEqual([1, 3]);
  });

  it('that is refused says why', async () => {
    const { config } = await testOstler(await simulatedOllama());
    const { screen, stderr } = terminal();
    expect(await ask({ ...QUESTION, text: ' ' }, overSocket(config), screen, never)).toBe(EXIT.failed);
    expect(stderr.written()).toContain('is empty');
  });
});

describe('a question that is interrupted', () => {
  it.each([
    ['at a running bot', (ostler: TestOstler) => overSocket(ostler.config)],
    ['within this process', within],
  ])('%s is stopped there and at Ollama', async (_, reachOf) => {
    const ollama = await simulatedOllama();
    const ostler = await testOstler(ollama);
    const held = ollama.hold({ at: 'generation', afterTokens: 3 });
    const stop = new AbortController();
    const { screen, stdout } = terminal();
    const code = ask(QUESTION, reachOf(ostler), screen, stop.signal);
    await Promise.all([held.reached, stdout.began]);
    const ended = ollama.when('abort', ({ request }) => request.path === '/api/chat');
    stop.abort();
    expect(await code).toBe(EXIT.interrupted);
    await ended;
    expect(ostler.lines.map(({ message }) => message)).toContain('stopped');
  });
});

describe('a bot that restarts', () => {
  it('is asked again for the same question, and there is one answer', async () => {
    const ollama = await simulatedOllama();
    const first = await testOstler(ollama, { shutdown_seconds: 0 });
    const held = ollama.hold({ at: 'generation', afterTokens: 3 });
    const { screen, stdout, stderr } = terminal();
    const code = ask({ ...QUESTION, chat: 'work' }, overSocket(first.config), screen, never);
    await Promise.all([held.reached, stdout.began]);
    await first.close();
    const second = await testOstler(ollama, { data_dir: first.config.data_dir });
    expect(await code).toBe(EXIT.answered);
    expect(stderr.written()).toContain('begins anew');

    const address = { platform: 'terminal', chat: 'work' };
    const seen = new AbortController();
    const exchanges: unknown[] = [];
    for await (const event of second.front.follow(address, { signal: seen.signal })) {
      if (event.type === 'live') break;
      if (event.type === 'entry') exchanges.push(event.entry);
    }
    expect(exchanges).toHaveLength(1);
    const [{ outcome }] = exchanges as [{ outcome: { answer: { text: string } } }];
    expect(stdout.written().endsWith(`${outcome.answer.text}\n`)).toBe(true);
  });
});

describe('a command', () => {
  const inChat = (name: string, argument = '') => ({ chat: 'work', name, argument });

  it('is given over the control socket, and what it changed is seen by the next question', async () => {
    const ollama = await simulatedOllama();
    const { config } = await testOstler(ollama, { llm: { models: { fast: 'qwen2.5:7b' } } });
    const { screen, stdout, stderr } = terminal();
    const reach = overSocket(config);
    expect(await give(inChat('model', 'fast'), reach, screen, never)).toBe(EXIT.answered);
    expect(stdout.written()).toMatch(
      /^From now on this chat uses fast \(qwen2\.5:7b\)\.\n\nqwen2\.5:7b is loaded/,
    );
    expect(stderr.written()).toContain('Looking whether the memory holds qwen2.5:7b');
    await ask({ ...QUESTION, chat: 'work' }, reach, terminal().screen, never);
    const [asked] = ollama.requests().filter(({ path }) => path === '/api/chat');
    expect(asked?.body).toMatchObject({ model: 'qwen2.5:7b' });
    const why = terminal();
    expect(await give(inChat('why'), reach, why.screen, never)).toBe(EXIT.answered);
    expect(why.stdout.written()).toMatch(/^qwen2\.5:7b gave the last answer/);
  });

  it('of admins is for whoever sits at the machine', async () => {
    const { config } = await testOstler(await simulatedOllama());
    const { screen, stdout } = terminal();
    const approve = inChat('approve', 'telegram:7 admin');
    expect(await give(approve, overSocket(config), screen, never)).toBe(EXIT.answered);
    expect(stdout.written()).toBe('telegram:7 may use the bot now, as admin.\n');
  });

  it('that is refused says why, also as an object', async () => {
    const { config } = await testOstler(await simulatedOllama());
    const stdout = fakeStream();
    const wrong = inChat('model', 'gpt-9');
    expect(await give(wrong, overSocket(config), jsonScreen(stdout), never)).toBe(EXIT.failed);
    expect(JSON.parse(stdout.written())).toMatchObject({ error: { code: 'not_installed' } });
  });

  it('that asks again shows the answer', async () => {
    const { config } = await testOstler(await simulatedOllama({ answer: () => 'Hello.' }));
    const reach = overSocket(config);
    await ask({ ...QUESTION, chat: 'work' }, reach, terminal().screen, never);
    const { screen, stdout } = terminal();
    expect(await give(inChat('retry'), reach, screen, never)).toBe(EXIT.answered);
    expect(stdout.written()).toBe('Hello.\n');
  });
});

describe('a talk', () => {
  it('takes a line for each question or command, in one conversation', async () => {
    const ollama = await simulatedOllama({ answer: () => 'Hello.' });
    const { config } = await testOstler(ollama);
    const { screen, stdout } = terminal();
    const input = new PassThrough();
    input.end('my name is Ada\n/system Be brief.\n\nwho am I?\n');
    const talked = {
      chat: 'ada',
      input,
      prompt: undefined,
      reach: overSocket(config),
      openScreen: () => screen,
    };
    expect(await talk(talked, never)).toBe(EXIT.answered);
    expect(stdout.written()).toBe(
      'Hello.\nFrom now on this chat uses its own system prompt. /system reset takes it back.\nHello.\n',
    );
    const bodies = ollama.requests().filter(({ path }) => path === '/api/chat');
    const messages = bodies.map(({ body }) => (body as { messages: { role: string }[] }).messages);
    expect(messages.map((all) => all.map(({ role }) => role))).toEqual([
      ['user'],
      ['system', 'user', 'assistant', 'user'],
    ]);
  });
});
