import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/chat/commands.ts';
import { simulatedOllama } from '../servers/ostler.ts';
import { configFor, ostler, runBot } from './run.ts';

describe('a command of the table', () => {
  it('is given without a running bot, as text or as an object', async () => {
    const config = await configFor(await simulatedOllama());
    const give = (...args: readonly string[]) => ostler([...args, '--config', config]).result;
    const text = await give('models');
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/\nModels\n\n[\s\S]*\n- ⚪ qwen2\.5:32b \(primary\) · 19\.9 GB\n/);
    const object = await give('models', '--json');
    expect(object).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(object.stdout).markdown).toContain('- ⚪ `qwen2.5:32b` (`primary`)');
  });

  it('goes to the bot that runs, and counts for the conversation that is named', async () => {
    const config = await configFor(await simulatedOllama());
    const bot = await runBot(config);
    const give = (...args: readonly string[]) => ostler([...args, '--config', config]).result;
    expect(await give('model', 'primary', '--chat', 'work')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^From now on this chat uses primary \(qwen2\.5:32b\)\.\n\nqwen2\.5:32b is loaded/,
      ),
    });
    const chosen = await give('model', '--chat', 'work');
    expect(chosen.stdout).toMatch(
      /^This chat uses primary \(qwen2\.5:32b\)\.\n {2}auto\n {2}primary\n {2}fast\n/,
    );
    expect((await give('model')).stdout).toMatch(/^The rules choose/);
    const { stdout } = await give('ask', 'hello', '--chat', 'work', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ model: 'qwen2.5:32b' });
    expect((await give('why', '--chat', 'work')).stdout).toMatch(/^qwen2\.5:32b gave the last answer/);
    expect((await give('approve', 'telegram:7', 'admin')).stdout).toBe(
      'telegram:7 may use the bot now, as admin.\n',
    );
    expect(await bot.stop()).toMatchObject({ code: 0 });
  });

  it('that is refused exits with 1 and says what to do', async () => {
    const config = await configFor(await simulatedOllama());
    const give = (...args: readonly string[]) => ostler([...args, '--config', config]).result;
    expect(await give('model', 'fasst')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^ostler: The model fasst\S* is not installed\.\n {2}Did you mean fast\?/,
      ),
    });
    const { code, stdout } = await give('approve', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'bad_input', message: 'Who is meant?' } });
  });

  it.each([
    [['modle'], /unknown command 'modle'/],
    [['why', 'that'], /too many arguments/],
    [['models', '--chat', '../../etc'], /letters, digits/],
    [['models', '--config', 'gone.yaml'], /gone\.yaml: no such file/],
  ])('exits with 2 for %j', async (args, message) => {
    const { code, stdout, stderr } = await ostler(args).result;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('is in the help of the program, apart from two that are something else here', async () => {
    const { code, stdout } = await ostler(['help']).result;
    expect(code).toBe(0);
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect(stdout).toContain('start [options]                run the bot');
    const { stdout: model } = await ostler(['help', 'model']).result;
    expect(model).toContain('Usage: ostler model [options] [name...]');
  });
});

describe('ostler chat', () => {
  it('takes a line for each question or command from stdin', async () => {
    const ollama = await simulatedOllama({ answer: () => 'Hello.' });
    const config = await configFor(ollama);
    const bot = await runBot(config);
    const input = 'hello\n/model fast\nand you?\n';
    const { code, stdout } = await ostler(['chat', 'work', '--config', config], { input }).result;
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Hello.\nFrom now on this chat uses fast (qwen2.5:7b).\nHello.\n',
    });
    const asked = ollama.requests().filter(({ path }) => path === '/api/chat');
    expect(asked.map(({ body }) => (body as { messages: unknown[] }).messages.length)).toEqual([1, 3]);
    expect(await bot.stop()).toMatchObject({ code: 0 });
  });

  it('works without a bot, and exits with 1 where a line failed', async () => {
    const config = await configFor(await simulatedOllama({ answer: () => 'Hello.' }));
    const { code, stdout, stderr } = await ostler(['chat', '--config', config], {
      input: '/nonsense\nhello\n',
    }).result;
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'Hello.\n' });
    expect(stderr).toContain('ostler: I do not know that command.\n  /help lists');
  });

  it('stops what runs when it is interrupted', async () => {
    const ollama = await simulatedOllama();
    const config = await configFor(ollama);
    const generation = ollama.hold({ at: 'generation' });
    const { child, result } = ostler(['chat', '--config', config], { input: 'hello\nand then?\n' });
    await generation.reached;
    child.kill('SIGINT');
    expect(await result).toMatchObject({ code: 130 });
    await ollama.until(() => ollama.running() === 0);
  });
});
