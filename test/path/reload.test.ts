import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import { keepCurrent } from '../../src/config/keep-current.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { simulatedOllama, temporaryFolder, testOstler } from '../servers/ostler.ts';

type Line = { readonly level: string; readonly message: string } & Record<string, unknown>;
type Section = Readonly<Record<string, unknown>>;

const ANEW = 'the configuration was read anew';
const LLM = {
  models: { primary: 'qwen2.5:32b', fast: 'qwen2.5:7b', code: 'deepseek-coder-v2:16b' },
  routing: { default: 'fast', rules: [{ pattern: 'sort', model: 'primary' }] },
};

/** A whole Ostler whose configuration stands in a file and may be changed while it runs. */
async function houseOnFile(ollama: Ollama, llm: Section = LLM) {
  const ostler = await testOstler(ollama, { llm });
  const folder = await temporaryFolder();
  const file = join(folder, 'ostler.yaml');
  const { config } = ostler;
  const textOf = (llm: Section, more: Section) =>
    JSON.stringify({ ...config, llm: { ...config.llm, ...llm }, ...more }, null, 1);
  await writeFile(file, textOf({}, {}));

  const lines: Line[] = [];
  const listeners = new Set<() => void>();
  const at = (level: string) => (fields: Section, message: string) => {
    lines.push({ ...fields, level, message });
    for (const look of [...listeners]) look();
  };
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const source = { files: [file], load: async () => (await loadConfig({ path: file, env: {} })).config };
  const keeping = keepCurrent(source, config, { clock: systemClock, logger, apply: ostler.reload });
  onTestFinished(keeping.close);

  /** Resolves when so many lines were logged. */
  const logged = (count: number) =>
    new Promise<readonly Line[]>((resolve) => {
      const look = () => {
        if (lines.length < count) return;
        listeners.delete(look);
        resolve(lines);
      };
      listeners.add(look);
      look();
    });

  /** As an editor saves: resolves with what was logged of it. */
  async function save(text: string): Promise<Line | undefined> {
    const before = lines.length;
    await writeFile(join(folder, 'new'), text);
    await rename(join(folder, 'new'), file);
    return (await logged(before + 1))[before];
  }

  return Object.assign(ostler, {
    file,
    logged,
    save,
    change: (llm: Section, more: Section = {}) => save(textOf(llm, more)),
  });
}

type Sent = { readonly model: string; readonly messages: readonly unknown[]; readonly options: Section };

function asked(ollama: Ollama, path = '/api/chat'): readonly Sent[] {
  return ollama.requests().flatMap((request) => (request.path === path ? [request.body as Sent] : []));
}

describe('without a restart', () => {
  it('a new rule, a new default and a new system prompt take effect', async () => {
    const ollama = await simulatedOllama();
    const ostler = await houseOnFile(ollama);
    await ostler.ask('hello', { standalone: true });
    const routing = { default: 'primary', rules: [{ pattern: 'poem', model: 'code' }] };
    const line = await ostler.change({ routing, system_prompt: 'Be brief.' });
    expect(line).toEqual({ level: 'info', message: ANEW, changed: ['llm'] });
    await ostler.ask('a poem', { standalone: true });
    await ostler.ask('sort this', { standalone: true });
    const brief = { role: 'system', content: 'Be brief.' };
    expect(asked(ollama)).toMatchObject([
      { model: 'qwen2.5:7b', messages: [{ content: 'hello' }] },
      { model: 'deepseek-coder-v2:16b', messages: [brief, { content: 'a poem' }] },
      { model: 'qwen2.5:32b', messages: [brief, { content: 'sort this' }] },
    ]);
    expect(ostler.front.status().models.find(({ tag }) => tag === 'qwen2.5:32b')?.aliases).toEqual([
      'primary',
    ]);
  });

  it('a question that waits keeps its route', async () => {
    const ollama = await simulatedOllama();
    const ostler = await houseOnFile(ollama);
    const followed = ostler.follow();
    const generation = ollama.hold({ at: 'generation' });
    await ostler.send('hello');
    const { job } = await ostler.send('sort this');
    await generation.reached;
    await ostler.change({ routing: { default: 'code', rules: [] }, options: { temperature: 0.5 } });
    generation.release();
    expect(await followed.outcome(job)).toMatchObject({
      answer: { provenance: { model: 'qwen2.5:32b', by: 'rule', rule: 'sort' } },
    });
    expect(asked(ollama).at(-1)?.options).toEqual({ temperature: 0.5 });
  });

  it('a question that waits for the default in the place of a missing model gets the new default', async () => {
    const ollama = await simulatedOllama();
    const ostler = await houseOnFile(ollama);
    const generation = ollama.hold({ at: 'generation' });
    await ostler.send('hello');
    await generation.reached;
    const address = { platform: 'web', chat: 'two' };
    const followed = ostler.follow('two');
    const { job } = await ostler.send('hello', { address, model: 'missing:1b' });
    const told = (model: string) =>
      followed.until(
        (event) =>
          (event.type === 'progress' && 'model' in event.progress && event.progress.model === model) ||
          undefined,
      );
    await told('qwen2.5:7b');
    await ostler.change({ routing: { default: 'primary' } });
    await told('qwen2.5:32b');
    generation.release();
    expect(await followed.outcome(job)).toMatchObject({
      answer: { provenance: { model: 'qwen2.5:32b', notice: expect.stringContaining('missing:1b') } },
    });
  });

  it('options that Ollama would load a model again for change at its next load, others at once', async () => {
    const ollama = await simulatedOllama();
    const fast = (options: Section) => ({
      models: { ...LLM.models, fast: { name: 'qwen2.5:7b', options } },
      cache: { max_models: 1 },
    });
    const ostler = await houseOnFile(ollama, { ...LLM, ...fast({ num_ctx: 2048, temperature: 0.1 }) });
    await ostler.ask('hello');
    await ostler.change(fast({ num_ctx: 4096, num_batch: 64, temperature: 0.2 }));
    await ostler.ask('hello');
    await ostler.ask('sort this');
    await ostler.ask('hello');
    expect(asked(ollama).map(({ options }) => options)).toEqual([
      { num_ctx: 2048, temperature: 0.1 },
      { num_ctx: 2048, temperature: 0.2 },
      {},
      { num_ctx: 4096, num_batch: 64, temperature: 0.2 },
    ]);
    expect(ollama.events().filter(({ type }) => type === 'load-begin')).toHaveLength(3);
  });

  it('models that shall not stay any more go at once', async () => {
    const ollama = await simulatedOllama();
    const ostler = await houseOnFile(ollama);
    await ostler.ask('hello');
    const gone = ollama.when('unload');
    await ostler.change({ cache: { type: 'none' } });
    await gone;
  });

  it('the time that a question may wait is another', async () => {
    const ollama = await simulatedOllama();
    const ostler = await houseOnFile(ollama);
    const generation = ollama.hold({ at: 'generation' });
    await ostler.send('hello');
    await generation.reached;
    await ostler.change({}, { queue: { expire_minutes: 0.000_01 } });
    expect(await ostler.ask('too late', { address: { platform: 'web', chat: 'two' } })).toMatchObject({
      kind: 'failure',
      failure: { code: 'expired' },
    });
    generation.release();
  });
});

describe('what is not taken', () => {
  it('is a file with a mistake: it is told by its line, and everything stays as it is', async () => {
    const ollama = await simulatedOllama();
    const ostler = await houseOnFile(ollama);
    const line = await ostler.save('llm:\n  routing:\n    defualt: primary\n');
    expect(line).toEqual({
      level: 'error',
      message: `the configuration in force stays: ${ostler.file}:3: llm.routing.defualt: unknown key. Did you mean "default"?`,
    });
    expect(await ostler.ask('hello')).toMatchObject({ answer: { provenance: { model: 'qwen2.5:7b' } } });
    expect(await ostler.ask('sort this')).toMatchObject({ answer: { provenance: { by: 'rule' } } });
    expect(await ostler.change({ routing: { default: 'primary' } })).toMatchObject({ message: ANEW });
    expect(await ostler.ask('hello')).toMatchObject({ answer: { provenance: { model: 'qwen2.5:32b' } } });
  });

  it('is what was opened at the start: that waits for the next one, and the rest is taken', async () => {
    const ollama = await simulatedOllama();
    const ostler = await houseOnFile(ollama);
    const away = { base_url: 'http://127.0.0.1:1', routing: { default: 'primary' } };
    await ostler.change(away, { data_dir: '/elsewhere' });
    expect(await ostler.logged(2)).toEqual([
      { level: 'info', message: ANEW, changed: ['llm'] },
      { level: 'warn', message: 'some changes wait for a restart', keys: ['llm.base_url', 'data_dir'] },
    ]);
    expect(await ostler.ask('hello')).toMatchObject({ answer: { provenance: { model: 'qwen2.5:32b' } } });
    expect(ostler.front.status().ollama).toMatchObject({ url: ollama.url, reachable: true });
  });
});
