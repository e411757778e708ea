import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { simulatedOllama } from '../servers/ostler.ts';
import { configFor, ostler, runBot, spoken } from './run.ts';

describe('ostler ask', () => {
  it('without a running bot answers by itself: text on stdout, the rest on stderr', async () => {
    const config = await configFor(await simulatedOllama());
    const { code, stdout, stderr } = await ostler(['ask', 'hello', '--config', config]).result;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\(simulated qwen2\.5:7b\)[\s\S]+\n$/);
    expect(stderr).toMatch(/^— 🏠 qwen2\.5:7b · rule “\^\.\{0,20\}\$” · (\d+\.\d\ss|at once) .*simulated\n/u);
  });

  it('--json prints one object, and reads the question from stdin for -', async () => {
    const config = await configFor(await simulatedOllama());
    const run = ostler(['ask', '-', '--json', '--model', 'primary', '--config', config], {
      input: 'hello\n',
    });
    const { code, stdout, stderr } = await run.result;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      answer: expect.stringContaining('“hello”'),
      model: 'qwen2.5:32b',
      rule: null,
      source: 'local',
      seconds: expect.any(Number),
    });
  });

  it('goes to the bot that runs, and several at once find one another without one', async () => {
    const ollama = await simulatedOllama({ parallel: 4 });
    const config = await configFor(ollama);
    const ask = () => ostler(['ask', 'hello', '--config', config]).result;
    const alone = await Promise.all([ask(), ask(), ask()]);
    expect(alone.map(({ code }) => code)).toEqual([0, 0, 0]);
    const bot = await runBot(config);
    const together = await Promise.all([ask(), ask()]);
    expect(together.map(({ code }) => code)).toEqual([0, 0]);
    expect(spoken(ollama)).toBe(5);
    expect(await bot.stop()).toMatchObject({ code: 0 });
  });

  it('ends quietly when its reader has read enough', async () => {
    const ollama = await simulatedOllama();
    const config = await configFor(ollama);
    const generation = ollama.hold({ at: 'generation' });
    const { child, result } = ostler(['ask', 'hello', '--config', config]);
    await generation.reached;
    const ended = once(child, 'exit');
    result.catch(() => {});
    child.stdout.destroy();
    generation.release();
    expect(await ended).toEqual([1, null]);
  });

  it('--chat continues a conversation', async () => {
    const ollama = await simulatedOllama();
    const config = await configFor(ollama);
    for (const text of ['my name is Ada', 'who am I?']) {
      await ostler(['ask', text, '--chat', 'ada', '--config', config]).result;
    }
    const last = ollama.requests().findLast(({ path }) => path === '/api/chat')?.body as {
      messages: unknown[];
    };
    expect(last.messages).toHaveLength(3);
  });

  it('exits with 3 where Ollama cannot be reached, and says what to do', async () => {
    const ollama = await simulatedOllama();
    await ollama.goAway();
    const config = await configFor(ollama);
    const { code, stdout, stderr } = await ostler(['ask', 'hello', '--config', config]).result;
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(`ostler: Ollama at ${ollama.url} cannot be reached.`);
  });

  it('exits with 1 and the error as JSON where nobody can answer', async () => {
    const ollama = await simulatedOllama({ models: [{ tag: 'other:1b', sizeGb: 1 }] });
    const config = await configFor(ollama);
    const { code, stdout } = await ostler(['ask', 'hello', '--json', '--config', config]).result;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'no_model', hint: 'ollama pull qwen2.5:7b' } });
  });

  it('exits with 4 when its time is up, with 130 when interrupted, and Ollama is left in peace', async () => {
    const ollama = await simulatedOllama();
    const config = await configFor(ollama);
    ollama.hold({ at: 'generation' });
    const late = await ostler(['ask', 'hello', '--timeout', '1', '--config', config]).result;
    expect(late).toMatchObject({ code: 4, stderr: 'ostler: Not answered within 1 s.\n' });
    await ollama.until(() => ollama.running() === 0);
    // One of the two stands in its way, however far the first question came in its second.
    ollama.hold({ at: 'generation' });
    const { child, result } = ostler(['ask', 'hello', '--config', config]);
    await ollama.until(() => ollama.running() === 1);
    child.kill('SIGINT');
    expect(await result).toMatchObject({ code: 130 });
    await ollama.until(() => ollama.running() === 0);
  });

  it.each([
    [['ask'], /missing required argument 'question'/],
    [['ask', 'x', '--timeout', 'soon'], /a number of seconds/],
    [['ask', 'x', '--chat', '../../etc'], /letters, digits/],
    [['ask', '  '], /There is no question/],
    [['ask', 'x', '--image', 'notes.txt'], /notes\.txt is not a picture/],
    [['ask', 'x', '--config', 'gone.yaml'], /gone\.yaml: no such file/],
    [['nonsense'], /unknown command/],
  ])('exits with 2 for %j', async (args, message) => {
    const { code, stderr } = await ostler(args).result;
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
