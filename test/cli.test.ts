import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Ollama } from '../demo/ollama/ollama.ts';
import { simulatedOllama, temporaryFolder } from './servers/ostler.ts';
import { createTelegram } from './servers/telegram/telegram.ts';

type Result = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

const LAUNCHER = join(import.meta.dirname, '..', 'ostler');

/** Runs a command of Ostler as a shell would. */
function ostler(args: readonly string[], { input = '', env = {} } = {}) {
  const child = spawn(LAUNCHER, args, { env: { ...process.env, OSTLER_CONFIG: '', ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(input);
  const result = Promise.all([once(child, 'exit'), readAll(child.stdout), readAll(child.stderr)]).then(
    ([[code], stdout, stderr]): Result => ({ code, stdout, stderr }),
  );
  return { child, result };
}

async function configFor(ollama: { readonly url: string }, more = ''): Promise<string> {
  const folder = await temporaryFolder();
  const path = join(folder, 'ostler.yaml');
  const text = `data_dir: ${join(folder, 'data')}
web: { enabled: false }
llm:
  base_url: ${ollama.url}
  models: { primary: "qwen2.5:32b", fast: "qwen2.5:7b" }
  routing: { default: primary, rules: [{ pattern: "^.{0,20}$", model: fast }] }
${more}`;
  await writeFile(path, text);
  return path;
}

type RunningBot = {
  /** Resolves once its log holds these words. */
  said(words: string): Promise<void>;
  signal(name: 'SIGHUP'): void;
  stop(): Promise<Result>;
};

async function runBot(config: string): Promise<RunningBot> {
  const { child, result } = ostler(['start', '--config', config]);
  let log = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    log += String(chunk);
    for (const look of listeners) look();
  });
  const said = (words: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!log.includes(words)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  await said('Ostler is ready');
  return {
    said,
    signal: (name) => void child.kill(name),
    stop() {
      child.kill('SIGTERM');
      return result;
    },
  };
}

const spoken = (ollama: Ollama) => ollama.requests().filter(({ path }) => path === '/api/chat').length;

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
    const generation = ollama.hold({ at: 'generation' });
    const { child, result } = ostler(['ask', 'hello', '--config', config]);
    await generation.reached;
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

describe('ostler start', () => {
  it('ends with 2 and one line per mistake', async () => {
    const ollama = await simulatedOllama();
    const config = await configFor(ollama, 'wbe: {}\nqueue: { expire_minutes: soon }\n');
    const { code, stdout, stderr } = await ostler(['start', '--config', config]).result;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/ostler\.yaml:7: wbe: unknown key\. Did you mean "web"\?$/),
      expect.stringMatching(/ostler\.yaml:8: queue\.expire_minutes: expected a number/),
    ]);
  });

  it('ends at once at the second signal, and the question is answered after the next start', async () => {
    const ollama = await simulatedOllama();
    const config = await configFor(ollama);
    const bot = await runBot(config);
    const generation = ollama.hold({ at: 'generation' });
    const ask = ostler(['ask', 'hello', '--json', '--config', config]);
    await generation.reached;
    const ended = bot.stop();
    await bot.said('stopping');
    await bot.stop();
    expect((await ended).code).toBe(1);
    await ollama.until(() => ollama.running() === 0);
    expect(await ask.result).toMatchObject({ code: 0 });
    expect(spoken(ollama)).toBe(2);
  });

  it('waits for a question of the terminal that uses its folder', async () => {
    const ollama = await simulatedOllama();
    const config = await configFor(ollama);
    const generation = ollama.hold({ at: 'generation' });
    const ask = ostler(['ask', 'hello', '--config', config]);
    await generation.reached;
    const starting = runBot(config);
    generation.release();
    expect(await ask.result).toMatchObject({ code: 0 });
    expect(await (await starting).stop()).toMatchObject({ code: 0 });
  });

  it('takes a changed file over while it runs, refuses a broken one, and reads again at SIGHUP', async () => {
    const ollama = await simulatedOllama();
    const config = await configFor(ollama);
    const bot = await runBot(config);
    const text = await readFile(config, 'utf8');
    await writeFile(config, `${text}wbe: {}\n`);
    await bot.said(
      `the configuration in force stays: ${config}:7: wbe: unknown key. Did you mean \\"web\\"?`,
    );
    await writeFile(config, text.replace('model: fast', 'model: primary'));
    await bot.said('"changed":["llm"],"msg":"the configuration was read anew"');
    const { stdout } = await ostler(['ask', 'hello', '--json', '--config', config]).result;
    expect(JSON.parse(stdout)).toMatchObject({ model: 'qwen2.5:32b', rule: '^.{0,20}$' });
    bot.signal('SIGHUP');
    await bot.said('"changed":[],"msg":"the configuration was read anew"');
    expect(await bot.stop()).toMatchObject({ code: 0 });
  });

  it('refuses a data folder on which another bot runs', async () => {
    const config = await configFor(await simulatedOllama());
    const bot = await runBot(config);
    const { code, stderr } = await ostler(['start', '--config', config]).result;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ostler: Another Ostler/i);
    await bot.stop();
  });
});

describe('ostler check', () => {
  it('prints the configuration and a line for each connection', async () => {
    const ollama = await simulatedOllama();
    const config = await configFor(ollama);
    const { code, stdout } = await ostler(['check', '--config', config]).result;
    expect(code).toBe(0);
    expect(stdout).toContain('routing:');
    expect(stdout).toMatch(/✓ Ollama 0\.33\S* at http:\S+: 6 models \(/);
    expect(stdout).toContain('✓ fast → qwen2.5:7b: installed');
  });

  it('exits with 1 and says what to do for what is missing', async () => {
    const ollama = await simulatedOllama({ models: [{ tag: 'qwen2.5:7b', sizeGb: 5 }] });
    const config = await configFor(ollama, 'redis: { url: "redis://:pa55word@127.0.0.1:1" }\n');
    const { code, stdout } = await ostler(['check', '--config', config]).result;
    expect(code).toBe(1);
    expect(stdout).toContain('✗ primary → qwen2.5:32b: not installed\n  ollama pull qwen2.5:32b\n');
    expect(stdout).toMatch(/✗ .*127\.0\.0\.1:1/);
    expect(stdout).not.toContain('pa55word');
  });

  it('says who the bot on Telegram is, and whom it serves', async () => {
    const ollama = await simulatedOllama();
    const telegram = await createTelegram();
    onTestFinished(() => telegram.close());
    const check = async (users: string, token = telegram.token) => {
      const section = `telegram: { token: "${token}", api_url: "${telegram.url}/" }\n`;
      const config = await configFor(ollama, `${section}access: { telegram: { users: [${users}] } }\n`);
      return ostler(['check', '--config', config]).result;
    };
    const [served, nobody, wrong] = await Promise.all([
      check('7, 8'),
      check(''),
      check('7', '1:wrong-token'),
    ]);
    expect(served).toMatchObject({ code: 0 });
    expect(served.stdout).toContain('✓ Telegram: @ostler_bot, 2 people are served');
    expect(nobody).toMatchObject({ code: 1 });
    expect(nobody.stdout).toMatch(/✗ Telegram: @ostler_bot serves nobody\n {2}Write to @ostler_bot/);
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.stdout).toMatch(/✗ Telegram does not accept the bot's token/);
    for (const { stdout } of [served, nobody, wrong]) expect(stdout).not.toMatch(/nobody"|wrong-token/);
  });
});
