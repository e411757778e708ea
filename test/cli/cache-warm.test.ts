import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain.ts';
import { temporaryFolder } from '../servers/ostler.ts';
import { parsed, setting } from './cache-setting.ts';
import { ostler, spoken } from './run.ts';

describe('ostler warm', () => {
  const QUESTIONS = '- one?\n- { question: two?, model: primary }\n- three?\n';

  it('fills the cache without a bot, and a second run costs nothing', async () => {
    const { ollama, ask, run } = await setting();
    const file = join(await temporaryFolder(), 'faq.yaml');
    await writeFile(file, QUESTIONS);
    const first = await run(['warm', file]);
    expect(first).toMatchObject({ code: 0, stdout: '3 of 3: 0 already there, 3 new, 0 failed\n' });
    expect(first.stderr).toContain('response_cache.scope: shared gives them to everybody');
    const { code, stdout } = await run(['warm', '-', '--json'], QUESTIONS);
    expect({ code, ...JSON.parse(stdout) }).toEqual({
      ...{ code: 0, questions: 3, hits: 3, new: 0, unkept: 0, failed: 0, left: 0 },
      failures: [],
    });
    expect(spoken(ollama)).toBe(3);
    expect(await ask({}, 'two?', 'primary')).toMatchObject({
      source: 'cache',
      model: 'qwen2.5:32b',
    });
  });

  it('goes to the bot that runs, leaves cleanly, and goes on from there', async () => {
    const { ollama, config, run, runBot } = await setting('response_cache: { scope: shared }\n');
    await runBot();
    const held = ollama.hold({ at: 'generation', model: 'qwen2.5:32b' });
    const { child, result } = ostler(['warm', '-', '--config', config], { input: QUESTIONS });
    await held.reached;
    child.kill('SIGINT');
    expect(await result).toEqual({
      code: 130,
      stdout: '1 of 3: 0 already there, 1 new, 0 failed\n',
      stderr: '2 left. The same command goes on from here.\n',
    });
    await ollama.until(() => ollama.running() === 0);
    held.release();
    expect(await run(['warm', '-'], QUESTIONS)).toEqual({
      code: 0,
      stdout: '3 of 3: 1 already there, 2 new, 0 failed\n',
      stderr: '',
    });
  });

  it('exits with 3 where Ollama cannot be reached', async () => {
    const { ollama, run } = await setting();
    await ollama.goAway();
    const { code, stdout, stderr } = await run(['warm', '-'], 'one?\ntwo?\n');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '0 of 2: 0 already there, 0 new, 0 failed\n' });
    expect(stderr).toContain('cannot be reached');
  });

  it('exits with 2 where nothing is asked', async () => {
    const { run } = await setting();
    const { code, stdout, stderr } = await run(['warm', '-'], '# none\n');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/There is no question in stdin/);
  });

  it('does not understand a call without a file', async () => {
    await expect(parsed(['warm'])).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/missing required argument 'file'/),
    });
  });

  it.each([
    ['a file that is not there', 'gone.txt', '', /gone\.txt cannot be read/],
    [
      'a cache that gives nobody what was asked ahead',
      import.meta.filename,
      'response_cache: { scope: chat }\n',
      /would be for nobody/,
    ],
  ])('exits with 2 for %s', async (_, file, more, words) => {
    const { config } = await setting(more);
    const error: unknown = await parsed(['warm', file, '--config', config]).catch((why: unknown) => why);
    expect(error).toMatchObject({ message: expect.stringMatching(words) });
    expect(explain(error)).toBe(2);
  });
});
