import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { clearCache } from '../../../adapters/terminal/cache/clear.ts';
import { confirm } from '../../../adapters/terminal/confirm.ts';
import { EXIT } from '../../../adapters/terminal/exit.ts';
import { textScreen } from '../../../adapters/terminal/screen.ts';
import type { CachePart } from '../../../src/cache/response-cache.ts';
import type { CacheStats } from '../../../src/stats/cache-stats.ts';
import { statsOfCache } from '../../fakes/cache-stats.ts';
import { fakeBot, fakeStream } from './fakes.ts';

const never = new AbortController().signal;
const { l1 } = statsOfCache();
const sqlite = (entries: number | null) =>
  ({ ...l1, entries, backend: 'sqlite', state: 'ready', detail: '' }) as const;

async function clear(
  stats: Partial<CacheStats>,
  {
    part,
    answer,
    left,
  }: { readonly part?: CachePart; readonly answer?: boolean; readonly left?: string } = {},
  interrupted = never,
) {
  const bot = fakeBot([], {}, statsOfCache(stats), left);
  const [stdout, stderr] = [fakeStream(), fakeStream()];
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answer === true;
  };
  const code = await clearCache(
    { ...(part && { part }), confirm: answer === undefined ? undefined : ask, print: stdout.write },
    bot.reach(),
    textScreen(stdout, stderr),
    interrupted,
  );
  return {
    code,
    asked,
    cleared: bot.cleared,
    closed: bot.closed(),
    out: stdout.written(),
    err: stderr.written(),
  };
}

describe('removing what is kept', () => {
  it('asks first, with how many there are, and tells what was done', async () => {
    const kept = { l1: { ...l1, entries: 3 }, l2: sqlite(1_200) };
    expect(await clear(kept, { answer: true })).toEqual({
      code: EXIT.answered,
      asked: ['Remove 1,200 answers?'],
      cleared: [undefined],
      closed: 1,
      out: 'Removed 1,200 answers.\n',
      err: '',
    });
  });

  it('does nothing where somebody says no', async () => {
    expect(await clear({ l2: sqlite(1) }, { answer: false })).toMatchObject({
      code: EXIT.failed,
      asked: ['Remove 1 answer?'],
      cleared: [],
      out: 'Nothing was removed.\n',
    });
  });

  it.each([
    ['memory', { l1: { ...l1, entries: 3 }, l2: sqlite(9) }, 'Remove 3 answers?'],
    ['sqlite', { l1: { ...l1, entries: 3 }, l2: sqlite(9) }, 'Remove 9 answers?'],
    [undefined, { l1: { ...l1, entries: 3 }, l2: null }, 'Remove 3 answers?'],
    [undefined, { l1: { ...l1, entries: 3 }, l2: sqlite(null) }, 'Remove all answers?'],
  ] as const)('of %s counts those that are meant', async (part, stats, question) => {
    const { asked, cleared } = await clear(stats, { ...(part && { part }), answer: true });
    expect([asked, cleared]).toEqual([[question], [part]]);
  });

  it('asks nobody where there is nothing, or where it was told not to', async () => {
    const none = await clear({ l2: sqlite(0) }, { answer: false });
    expect(none).toMatchObject({ code: EXIT.answered, asked: [], out: 'There was nothing to remove.\n' });
    expect(await clear({ l2: sqlite(2) })).toMatchObject({
      code: EXIT.answered,
      out: 'Removed 2 answers.\n',
    });
  });

  it('says what could not be removed instead of what was', async () => {
    const left = 'Its texts stay in redis.';
    expect(await clear({ l2: sqlite(1_200) }, { left })).toMatchObject({
      code: EXIT.failed,
      cleared: [undefined],
      out: '',
      err: `ostler: ${left}\n`,
    });
  });

  it('is refused for a tier that is not there', async () => {
    expect(await clear({ l2: sqlite(2) }, { part: 'redis' })).toMatchObject({
      code: EXIT.failed,
      cleared: [],
      err: 'ostler: No answers are kept in redis here.\n  They are kept in memory and in sqlite (response_cache.l2.backend).\n',
    });
  });

  it('removes nothing once somebody has left', async () => {
    const left = AbortSignal.abort();
    expect(await clear({ l2: sqlite(2) }, { answer: true }, left)).toMatchObject({
      code: EXIT.interrupted,
      cleared: [],
    });
  });
});

describe('a question with yes or no', () => {
  async function answered(text: string, leave = never) {
    const input = new PassThrough();
    const output = fakeStream();
    input.end(text);
    return { yes: await confirm('Remove?', { input, output }, leave), shown: output.written() };
  }

  it.each([
    ['y\n', true],
    [' Yes \n', true],
    ['yep\n', false],
    ['n\ny\n', false],
    ['\n', false],
    ['', false],
  ])('answered by %j is %s', async (text, yes) => {
    const one = await answered(text);
    expect(one.yes).toBe(yes);
    expect(one.shown).toMatch(/^Remove\? \[y\/N\] /);
  });

  it('is no where somebody leaves', async () => {
    const leave = new AbortController();
    const input = new PassThrough();
    const asked = confirm('Remove?', { input, output: fakeStream() }, leave.signal);
    leave.abort();
    expect(await asked).toBe(false);
  });
});
