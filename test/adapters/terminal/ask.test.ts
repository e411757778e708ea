import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ask } from '../../../adapters/terminal/chat/ask.ts';
import { EXIT } from '../../../adapters/terminal/exit.ts';
import { jsonScreen } from '../../../adapters/terminal/json-screen.ts';
import { textScreen } from '../../../adapters/terminal/screen.ts';
import { progressEvent } from '../../../src/chat/describe-progress.ts';
import { OstlerError } from '../../../src/errors.ts';
import { answered, away, type Connection, ended, fakeBot, fakeStream, JOB, reading, said } from './fakes.ts';

const QUESTION = { text: 'hello', images: [] };
const never = new AbortController().signal;
const PATIENCE_MS = 5_000;

function terminal() {
  const [stdout, stderr] = [fakeStream(), fakeStream()];
  return { stdout, stderr, screen: textScreen(stdout, stderr) };
}

describe('a question', () => {
  it('is sent on its own, and its answer is shown as it grows', async () => {
    const bot = fakeBot([{ events: [said('Hel'), said('lo.'), answered('Hello.')] }]);
    const { screen, stdout } = terminal();
    expect(await ask(QUESTION, bot.reach(), screen, never)).toBe(EXIT.answered);
    expect(stdout.written()).toBe('Hello.\n');
    expect(bot.sent).toEqual([
      {
        id: expect.any(String),
        text: 'hello',
        images: [],
        standalone: true,
        chat: expect.stringMatching(/^ask-/),
      },
    ]);
    expect(bot.stopped).toEqual([]);
    expect(bot.closed()).toBe(1);
  });

  it('continues a conversation that is named, for a model that is named', async () => {
    const bot = fakeBot([{ events: [answered('Hello.')] }]);
    await ask({ ...QUESTION, model: 'code', chat: 'work' }, bot.reach(), terminal().screen, never);
    expect(bot.sent).toMatchObject([{ chat: 'work', model: 'code', standalone: false }]);
  });

  it('overhears nothing of other questions in its conversation', async () => {
    const other = { ...said('something else'), job: 'job-0' };
    const bot = fakeBot([
      { events: [other, { ...answered('else'), id: 'job-0' } as never, answered('Hello.')] },
    ]);
    const { screen, stdout } = terminal();
    await ask({ ...QUESTION, chat: 'work' }, bot.reach(), screen, never);
    expect(stdout.written()).toBe('Hello.\n');
  });
});

it('a load is shown on a terminal with the bar of its estimate', async () => {
  const estimate = { aboutSeconds: 35, upToSeconds: 50, basis: 'measured' } as const;
  const load = { stage: 'loading', model: 'm', forSeconds: 14, estimate, share: 0.32 } as const;
  const bot = fakeBot([{ events: [progressEvent(JOB, load), answered('Hello.')] }]);
  const stderr = fakeStream(true);
  await ask(QUESTION, bot.reach(), textScreen(fakeStream(), { ...stderr, columns: 80 }), never);
  expect(stderr.written()).toContain('Loading m: about 21\u00a0s left (usually 35\u00a0s) ▓░░░░');
});

describe('the exit code says that the question', () => {
  const failure = (code: 'unreachable' | 'busy') =>
    ended({ kind: 'failure', failure: { code, message: 'No.' } });
  it.each<[string, number, Connection]>([
    ['failed', EXIT.failed, { events: [failure('busy')] }],
    ['found no Ollama', EXIT.unreachable, { events: [failure('unreachable')] }],
    ['was stopped', EXIT.stopped, { events: [ended({ kind: 'cancelled', text: '' })] }],
    [
      'was refused',
      EXIT.failed,
      { events: [], receipt: { kind: 'refused', failure: { code: 'too_long', message: 'No.' } } },
    ],
  ])('%s', async (_, code, connection) => {
    const stdout = fakeStream();
    const bot = fakeBot([connection]);
    expect(await ask(QUESTION, bot.reach(), jsonScreen(stdout), never)).toBe(code);
    expect(JSON.parse(stdout.written())).toEqual({
      error: expect.objectContaining({ code: expect.any(String) }),
    });
    expect(bot.sent).toHaveLength(1);
  });
});

describe('somebody who leaves', () => {
  it('stops the question at the bot', async () => {
    const bot = fakeBot([{ events: [said('Hel')], ends: 'silence' }]);
    const stop = new AbortController();
    const { screen, stderr } = terminal();
    const code = ask(QUESTION, bot.reach(), screen, stop.signal);
    await bot.silence;
    stop.abort();
    expect(await code).toBe(EXIT.interrupted);
    expect(bot.stopped).toEqual([JOB]);
    expect(stderr.written()).toBe('ostler: Interrupted.\n');
  });

  it('after a time limit is told so', async () => {
    const bot = fakeBot([{ events: [said('Hel')], ends: 'silence' }]);
    const { screen, stderr } = terminal();
    const code = await ask({ ...QUESTION, timeoutSeconds: 0.0101 }, bot.reach(), screen, never);
    expect(code).toBe(EXIT.stopped);
    expect(bot.stopped).toEqual([JOB]);
    expect(stderr.written()).toContain('Not answered within 0.0101 s.');
  });

  it('has a month of patience if he says so', async () => {
    const bot = fakeBot([{ events: [answered('Hello.')] }]);
    const asked = { ...QUESTION, timeoutSeconds: 3_000_000 };
    expect(await ask(asked, bot.reach(), terminal().screen, never)).toBe(EXIT.answered);
  });

  it('need not wait for a bot that hangs', async () => {
    const bot = fakeBot([]);
    const stop = new AbortController();
    const reach = async () => {
      const reached = await bot.reach()();
      const status = (signal?: AbortSignal) =>
        new Promise<never>((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
          stop.abort();
        });
      return { ...reached, client: { ...reached.client, status } };
    };
    expect(await ask(QUESTION, reach, terminal().screen, stop.signal)).toBe(EXIT.interrupted);
  });
});

describe('a connection that is lost', () => {
  it('is made again: the same question, one answer', async () => {
    const bot = fakeBot([
      { events: [said('Hel')], ends: 'lost' },
      { events: [said('Hello.'), answered('Hello.')] },
    ]);
    const { screen, stdout, stderr } = terminal();
    expect(await ask(QUESTION, bot.reach(), screen, never)).toBe(EXIT.answered);
    expect(bot.sent).toHaveLength(2);
    expect(bot.sent[1]).toEqual(bot.sent[0]);
    expect(stdout.written()).toBe('HelHello.\n');
    expect(stderr.written()).toContain('begins anew');
    expect(bot.stopped).toEqual([]);
    expect(bot.closed()).toBe(2);
  });

  it('is made again while the bot is stopping', async () => {
    const stopping = { code: 'stopping', message: 'Ostler is stopping.' } as const;
    const bot = fakeBot([
      { events: [], receipt: { kind: 'refused', failure: stopping } },
      { events: [answered('Hello.')] },
    ]);
    expect(await ask(QUESTION, bot.reach(), terminal().screen, never)).toBe(EXIT.answered);
  });

  it('is not made again where it is refused for good', async () => {
    const refuse = async () => {
      throw new OstlerError('The folder is not yours.', { code: 'storage' });
    };
    const { screen, stderr } = terminal();
    expect(await ask(QUESTION, refuse, screen, never)).toBe(EXIT.failed);
    expect(stderr.written()).toBe('ostler: The folder is not yours.\n');
  });
});

describe('without a bot that would wait for it, an Ollama that is away', () => {
  async function wait(events: Connection['events'], own: boolean) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const bot = fakeBot([{ events, ends: 'silence' }]);
    const { screen, stderr } = terminal();
    const stop = new AbortController();
    const code = ask(QUESTION, bot.reach(own), screen, stop.signal);
    await bot.silence;
    vi.advanceTimersByTime(PATIENCE_MS - 1);
    const early = bot.stopped.length;
    vi.advanceTimersByTime(1);
    if (!own) stop.abort();
    return { code: await code, early, bot, stderr };
  }

  it('ends the question after a moment', async () => {
    const { code, early, bot, stderr } = await wait([away], true);
    expect(code).toBe(EXIT.unreachable);
    expect(early).toBe(0);
    expect(bot.stopped).toEqual([JOB]);
    expect(stderr.written()).toContain('Ollama at http://x cannot be reached.');
  });

  it('ends it also when it had come back in between', async () => {
    expect((await wait([away, reading, away], true)).code).toBe(EXIT.unreachable);
  });

  it('is waited for where a bot runs', async () => {
    expect((await wait([away], false)).code).toBe(EXIT.interrupted);
  });
});
