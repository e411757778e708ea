import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { talk } from '../../../adapters/terminal/chat/talk.ts';
import { EXIT } from '../../../adapters/terminal/exit.ts';
import { textScreen } from '../../../adapters/terminal/screen.ts';
import { OstlerError } from '../../../src/errors.ts';
import { answered, type Connection, fakeBot, fakeStream, JOB, said } from './fakes.ts';

const HELLO: Connection = { events: [answered('Hello.')] };
const never = new AbortController().signal;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

function open(connections: readonly Connection[], { sits = false, leave = never } = {}) {
  const bot = fakeBot(connections);
  const [stdout, stderr] = [fakeStream(), fakeStream()];
  const input = Object.assign(new PassThrough(), { isTTY: sits, setRawMode: () => {} });
  const prompt = sits ? Object.assign(new PassThrough(), { isTTY: true, columns: 80 }) : undefined;
  const openScreen = () => textScreen(stdout, stderr);
  const code = talk({ chat: 'work', input, prompt, reach: bot.reach(), openScreen }, leave);
  return { bot, stdout, stderr, input, prompt, code };
}

/** Resolves once this was written. */
async function shows(output: PassThrough | undefined, words: string): Promise<void> {
  let shown = '';
  for await (const chunk of output?.iterator({ destroyOnReturn: false }) ?? []) {
    shown += String(chunk);
    if (shown.includes(words)) return;
  }
}

describe('lines of a program', () => {
  it('are questions of one conversation and commands, in their order', async () => {
    const said = { markdown: '- `a`' };
    const { bot, input, stdout, stderr, code } = open([HELLO, { events: [], said }, HELLO]);
    input.end('hello\n\n  /model  a b \n//etc is what?');
    expect(await code).toBe(EXIT.answered);
    expect(bot.sent).toMatchObject([
      { text: 'hello', chat: 'work', standalone: false },
      { text: '/etc is what?', chat: 'work', standalone: false },
    ]);
    expect(bot.given).toMatchObject([{ name: 'model', argument: 'a b', chat: 'work' }]);
    expect(stdout.written()).toBe('Hello.\n- a\nHello.\n');
    expect(stderr.written()).not.toContain('>');
  });

  it('go on after one that failed, and its exit code is kept', async () => {
    const refused = new OstlerError('No.', { code: 'not_installed' });
    const { input, stdout, stderr, code } = open([{ events: [], said: refused }, HELLO]);
    input.end('/model x\nhello\n');
    expect(await code).toBe(EXIT.failed);
    expect(stdout.written()).toBe('Hello.\n');
    expect(stderr.written()).toContain('ostler: No.');
  });

  it('end with the process, and what runs is stopped', async () => {
    const leave = new AbortController();
    const { bot, input, code } = open([{ events: [said('Hel')], ends: 'silence' }, HELLO], {
      leave: leave.signal,
    });
    input.write('hello\nand then\n');
    await bot.silence;
    leave.abort();
    expect(await code).toBe(EXIT.interrupted);
    expect(bot.stopped).toEqual([JOB]);
    expect(bot.sent).toHaveLength(1);
  });
});

describe('somebody at the keyboard', () => {
  it('sees a prompt, stops an answer with Ctrl-C, goes on, and leaves with Ctrl-D', async () => {
    const silent: Connection = { events: [said('Hel')], ends: 'silence' };
    const { bot, input, prompt, stdout, stderr, code } = open([silent, HELLO], { sits: true });
    await shows(prompt, '> ');
    input.write('hello\r');
    await bot.silence;
    input.write(CTRL_C);
    await stderr.began;
    expect(stderr.written()).toBe('ostler: Interrupted.\n');
    input.write('again\r');
    input.write(CTRL_D);
    expect(await code).toBe(EXIT.answered);
    expect(bot.stopped).toEqual([JOB]);
    expect(bot.sent.map(({ text }) => text)).toEqual(['hello', 'again']);
    expect(stdout.written()).toBe('Hel\nHello.\n');
  });

  it('begins the line anew with Ctrl-C where nothing runs', async () => {
    const { bot, input, code } = open([HELLO], { sits: true });
    input.write('helo');
    input.write(CTRL_C);
    input.write('hello\r');
    input.write(CTRL_D);
    expect(await code).toBe(EXIT.answered);
    expect(bot.sent.map(({ text }) => text)).toEqual(['hello']);
  });
});
