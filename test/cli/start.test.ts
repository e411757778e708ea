import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { simulatedOllama } from '../servers/ostler.ts';
import { configFor, ostler, runBot, spoken } from './run.ts';

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

  it('killed in the middle of a swap finds at its next start what is there, and goes on', async () => {
    const ollama = await simulatedOllama({ vramGib: 24 });
    const config = await configFor(ollama, '', 'memory: { vram_gb: 24 }');
    const bot = await runBot(config);
    expect(await ostler(['ask', 'hello', '--config', config]).result).toMatchObject({ code: 0 });
    const load = ollama.hold({ at: 'load', model: 'qwen2.5:32b' });
    const ask = ostler(['ask', 'hello', '--model', 'primary', '--json', '--config', config]);
    await load.reached;
    expect(ollama.residents()).toEqual([]);
    bot.signal('SIGKILL');
    await ollama.until(() => ollama.running() === 0);
    const again = await runBot(config);
    const { code, stdout } = await ask.result;
    expect([code, JSON.parse(stdout).model]).toEqual([0, 'qwen2.5:32b']);
    expect(ollama.residents().map(({ tag }) => tag)).toEqual(['qwen2.5:32b']);
    expect(spoken(ollama)).toBe(2);
    const { stdout: models } = await ostler(['models', '--config', config]).result;
    expect(models).toMatch(/🟢 qwen2\.5:32b.*\n[\s\S]*⚪ qwen2\.5:7b/);
    await again.stop();
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
