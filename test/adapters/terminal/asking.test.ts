import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ask } from '../../../adapters/terminal/chat/ask.ts';
import { talk } from '../../../adapters/terminal/chat/talk.ts';
import { createDecide, type Decide } from '../../../adapters/terminal/decide.ts';
import { EXIT } from '../../../adapters/terminal/exit.ts';
import { readLine } from '../../../adapters/terminal/read-line.ts';
import { textScreen } from '../../../adapters/terminal/screen.ts';
import type { ConversationEvent } from '../../../src/chat/front.ts';
import { until } from '../web/fake-front.ts';
import { answered, type Connection, fakeBot, fakeStream, JOB, reading } from './fakes.ts';

const never = new AbortController().signal;
const WORDS = 'big:1b needs 18.0 GB and will unload small:1b (about 24\u00a0s)';
const asks = { id: 'q1', unloads: ['small:1b'], needBytes: 18e9, aboutSeconds: 24, resident: 'small:1b' };
const progress = { stage: 'checking_memory', model: 'big:1b', asks } as const;
const asking: ConversationEvent = { type: 'progress', job: JOB, progress, words: WORDS };
const ASKS: Connection = { events: [asking], ends: 'silence' };

function question(decide?: Decide, connection: Connection = ASKS) {
  const bot = fakeBot([connection]);
  const [stdout, stderr] = [fakeStream(), fakeStream()];
  const leave = new AbortController();
  const asked = { text: 'hello', images: [], decide };
  const code = ask(asked, bot.reach(), textScreen(stdout, stderr), leave.signal);
  return { bot, stdout, stderr, leave, code };
}

describe('a question for which another model would have to go', () => {
  it.each([
    ['y', 'switch'],
    ['YES ', 'switch'],
    ['what?\na', 'resident'],
  ] as const)('is decided by whoever sits there: %j', async (typed, choice) => {
    const input = new PassThrough();
    const output = fakeStream(true);
    const { bot, leave, code } = question(createDecide(output, (signal) => readLine(input, signal)));
    const prompts = () => output.written().split('Switch? ').length - 1;
    for (const [index, line] of typed.split('\n').entries()) {
      await until(() => prompts() > index);
      input.write(`${line}\n`);
    }
    await bot.decided;
    expect(bot.agreed).toEqual([{ job: JOB, choice, question: 'q1' }]);
    expect(output.written()).toContain(`${WORDS}. Switch? [y]es / [n]o / [a]nswer with small:1b: `);
    leave.abort();
    expect(await code).toBe(EXIT.interrupted);
  });

  it('is stopped by a no', async () => {
    const { bot, leave, code } = question(async () => 'stop');
    await bot.silence;
    expect([bot.stopped, bot.agreed]).toEqual([[JOB], []]);
    leave.abort();
    await code;
  });

  it('asks once, and no more once nobody is asked', async () => {
    const signals: AbortSignal[] = [];
    const decide: Decide = async (_, signal) => {
      signals.push(signal);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return undefined;
    };
    const { code, bot } = question(decide, { events: [asking, asking, reading, answered('Hello.')] });
    expect(await code).toBe(EXIT.answered);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(bot.agreed).toEqual([]);
  });

  it('asks anew about other models', async () => {
    const more = { ...asks, id: 'q2', unloads: ['small:1b', 'code:1b'] };
    const other: ConversationEvent = { ...asking, progress: { ...progress, asks: more } };
    const put: string[] = [];
    const decide: Decide = async ({ words }) => {
      put.push(words);
      return put.length === 2 ? 'switch' : undefined;
    };
    const { bot, leave, code } = question(decide, { events: [asking, other], ends: 'silence' });
    await bot.decided;
    expect(put).toEqual([WORDS, expect.stringContaining('small:1b and code:1b')]);
    expect(bot.agreed).toEqual([{ job: JOB, choice: 'switch', question: 'q2' }]);
    leave.abort();
    await code;
  });

  it('waits where nobody can be asked, and says what to do', async () => {
    const { stderr, stdout, code } = question(undefined, { events: [asking, answered('Hello.')] });
    expect(await code).toBe(EXIT.answered);
    expect(stderr.written()).toContain(`${WORDS}. Nobody can be asked here: ask in a terminal, or name`);
    expect(stdout.written()).toBe('Hello.\n');
  });
});

describe('in a talk', () => {
  it('the next line decides, and the one after it is a question again', async () => {
    const bot = fakeBot([ASKS, { events: [answered('Hello.')] }]);
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
    const prompt = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    const [stdout, stderr] = [fakeStream(), fakeStream()];
    const openScreen = () => textScreen(stdout, stderr);
    const code = talk({ chat: 'work', input, prompt, reach: bot.reach(), openScreen }, never);
    input.write('hello\r');
    await bot.silence;
    input.write('y\r');
    await bot.decided;
    expect(bot.agreed).toEqual([{ job: JOB, choice: 'switch', question: 'q1' }]);
    input.write('\u0003');
    input.write('and then?\r');
    await stdout.began;
    input.write('\u0004');
    expect(await code).toBe(EXIT.answered);
    expect(bot.sent.map(({ text }) => text)).toEqual(['hello', 'and then?']);
  });
});
