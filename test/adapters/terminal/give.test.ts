import { describe, expect, it } from 'vitest';
import { give } from '../../../adapters/terminal/chat/give.ts';
import { EXIT } from '../../../adapters/terminal/exit.ts';
import { jsonScreen } from '../../../adapters/terminal/json-screen.ts';
import { textScreen } from '../../../adapters/terminal/screen.ts';
import { OstlerError } from '../../../src/errors.ts';
import { answered, type Connection, ended, fakeBot, fakeStream, JOB } from './fakes.ts';

const MODELS = { chat: 'work', name: 'models', argument: '' };
const RETRY = { chat: 'work', name: 'retry', argument: 'code' };
const never = new AbortController().signal;
const asked = {
  type: 'asked',
  job: JOB,
  question: { text: 'hello', images: [], person: { id: 'terminal' }, sentAt: 0, standalone: false },
} as const;

function terminal() {
  const [stdout, stderr] = [fakeStream(), fakeStream()];
  return { stdout, stderr, screen: textScreen(stdout, stderr) };
}

describe('a command', () => {
  it('is given in its conversation, and says something', async () => {
    const bot = fakeBot([{ events: [], said: { markdown: '- `a`' } }]);
    const { screen, stdout, stderr } = terminal();
    expect(await give({ ...MODELS, argument: 'x y' }, bot.reach(), screen, never)).toBe(EXIT.answered);
    expect(stdout.written()).toBe('- a\n');
    expect(stderr.written()).toBe('');
    expect(bot.given).toEqual([{ id: expect.any(String), chat: 'work', name: 'models', argument: 'x y' }]);
    expect(bot.closed()).toBe(1);
  });

  it('that is refused is not given again, and says what to do', async () => {
    const refusal = new OstlerError('Not now.', { code: 'busy', hint: 'Wait.' });
    const bot = fakeBot([{ events: [], said: refusal }]);
    const { screen, stdout, stderr } = terminal();
    expect(await give(MODELS, bot.reach(), screen, never)).toBe(EXIT.failed);
    expect([stdout.written(), stderr.written()]).toEqual(['', 'ostler: Not now.\n  Wait.\n']);
    expect(bot.given).toHaveLength(1);
  });

  it('whose connection is lost is given again under the same id', async () => {
    const bot = fakeBot([{ events: [] }, { events: [], said: { markdown: 'ok' } }]);
    const { screen, stdout } = terminal();
    expect(await give(MODELS, bot.reach(), screen, never)).toBe(EXIT.answered);
    expect(stdout.written()).toBe('ok\n');
    expect(bot.given[1]).toEqual(bot.given[0]);
    expect(bot.closed()).toBe(2);
  });

  it('that is interrupted says so', async () => {
    const bot = fakeBot([{ events: [] }]);
    const { screen, stderr } = terminal();
    expect(await give(MODELS, bot.reach(), screen, AbortSignal.abort())).toBe(EXIT.interrupted);
    expect(stderr.written()).toBe('ostler: Interrupted.\n');
  });
});

describe('a command that says more later', () => {
  const LOAD = { chat: 'work', name: 'load', argument: 'big:1b' };
  const offer = { command: 'stop', choices: [{ value: 'loads', label: 'Cancel' }] };
  const begins = { markdown: 'Looking', offer };
  const loading = [9, 8, 8].map((left) => ({ markdown: `Loading \\_big\\_: ${left} s left`, offer }));
  const loaded = { markdown: '`big:1b` is loaded.' };
  const LOADS: Connection = { events: [], said: begins, more: [...loading, loaded] };

  it('shows each change in a line of its own, and prints the last', async () => {
    const { screen, stdout, stderr } = terminal();
    expect(await give(LOAD, fakeBot([LOADS]).reach(), screen, never)).toBe(EXIT.answered);
    expect(stdout.written()).toBe('big:1b is loaded.\n');
    expect(stderr.written()).toBe('Looking\nLoading _big_: 9 s left\nLoading _big_: 8 s left\n');
  });

  it('shows it in place where somebody sits there', async () => {
    const [stdout, stderr] = [fakeStream(true), fakeStream(true)];
    await give(LOAD, fakeBot([LOADS]).reach(), textScreen(stdout, stderr), never);
    const lines = stderr.written().split('\r\x1b[K');
    expect(lines).toEqual(['', 'Looking', 'Loading _big_: 9 s left', 'Loading _big_: 8 s left', '']);
    expect(stdout.written()).toBe('big:1b is loaded.\n');
  });

  it('prints only the last for programs', async () => {
    const stdout = fakeStream();
    await give(LOAD, fakeBot([LOADS]).reach(), jsonScreen(stdout), never);
    expect(JSON.parse(stdout.written())).toEqual(loaded);
  });

  it('is given again under the same id where its connection is lost on the way', async () => {
    const { screen, stdout } = terminal();
    const bot = fakeBot([{ ...LOADS, more: loading }, LOADS]);
    expect(await give(LOAD, bot.reach(), screen, never)).toBe(EXIT.answered);
    expect(bot.given[1]).toEqual(bot.given[0]);
    expect(stdout.written()).toBe('big:1b is loaded.\n');
  });

  it.each([
    ['load_failed', EXIT.failed],
    ['asked', EXIT.failed],
    ['unreachable', EXIT.unreachable],
    ['cancelled', EXIT.stopped],
  ] as const)('that was not done ends with another exit code: %s', async (undone, code) => {
    const bot = fakeBot([{ ...LOADS, more: [{ markdown: 'No.', undone }] }]);
    expect(await give(LOAD, bot.reach(), terminal().screen, never)).toBe(code);
  });

  it('is stopped by whoever leaves, and says what came of that', async () => {
    const leave = new AbortController();
    const stopped = { markdown: 'It was stopped.', undone: 'cancelled' } as const;
    const bot = fakeBot([{ ...LOADS, more: loading, ends: 'silence', stopped }]);
    const { screen, stdout } = terminal();
    const code = give(LOAD, bot.reach(), screen, leave.signal);
    await bot.silence;
    leave.abort();
    expect(await code).toBe(EXIT.stopped);
    expect(bot.given[1]).toMatchObject({ chat: 'work', name: 'stop', argument: 'loads' });
    expect(stdout.written()).toBe('It was stopped.\n');
  });
});

describe('a command that asks again', () => {
  it('shows the answer to the question that it asked', async () => {
    const old = { ...answered('old'), id: 'job-0' } as never;
    const events = [old, asked, { type: 'live' } as const, answered('Hello.')];
    const bot = fakeBot([{ said: { markdown: '' }, events }]);
    const { screen, stdout } = terminal();
    expect(await give(RETRY, bot.reach(), screen, never)).toBe(EXIT.answered);
    expect(stdout.written()).toBe('Hello.\n');
  });

  it('shows it also where it was there at once', async () => {
    const bot = fakeBot([{ said: { markdown: '' }, events: [answered('Hello.'), { type: 'live' }] }]);
    const stdout = fakeStream();
    expect(await give(RETRY, bot.reach(), jsonScreen(stdout), never)).toBe(EXIT.answered);
    expect(JSON.parse(stdout.written())).toMatchObject({ answer: 'Hello.' });
  });

  it('says why it does not, and that it was stopped', async () => {
    const nothing = terminal();
    const says = fakeBot([{ events: [], said: { markdown: 'There is nothing to ask again.' } }]);
    expect(await give(RETRY, says.reach(), nothing.screen, never)).toBe(EXIT.answered);
    expect(nothing.stdout.written()).toBe('There is nothing to ask again.\n');
    const events = [asked, { type: 'live' } as const, ended({ kind: 'cancelled', text: '' })];
    const stopped = fakeBot([{ said: { markdown: '' }, events }]);
    expect(await give(RETRY, stopped.reach(), terminal().screen, never)).toBe(EXIT.stopped);
  });
});
