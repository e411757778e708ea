import { describe, expect, it } from 'vitest';
import { describeModel } from '../../src/chat/describe-model.ts';
import { testOstler } from '../servers/ostler.ts';
import { CODE, loadElsewhere, loads, type Ollama, open, SMALL, until } from './stable-house.ts';

describe('a model that another program loaded', () => {
  it('is shown as such, until it has left', async () => {
    const { ollama, ostler } = await open();
    const shown = (tag: string) => ostler.front.status().models.find((model) => model.tag === tag);
    await loadElsewhere(ollama, SMALL);
    await ostler.front.resync();
    await ostler.ask('hello', { model: CODE });
    const { byAnother } = shown(SMALL) ?? {};
    expect(byAnother).toBe(true);
    expect(shown(CODE)).not.toHaveProperty('byAnother');
    await loadElsewhere(ollama, SMALL, { keep_alive: 0 });
    await until(ollama, CODE);
    await ostler.front.resync();
    expect(shown(SMALL)).not.toHaveProperty('byAnother');
  });

  it('may have been ours before we were started: nothing is said of that', async () => {
    const { ollama, ostler } = await open();
    await ostler.ask('hello', { model: SMALL });
    await ostler.close();
    const again = await testOstler(ollama, { llm: ostler.config.llm });
    await again.ask('hello', { model: SMALL });
    expect(again.front.status().models[0]).not.toHaveProperty('byAnother');
  });
});

/** The context that each question was sent with. */
const contexts = (ollama: Ollama) =>
  ollama
    .requests()
    .filter(({ path }) => path === '/api/chat')
    .map(({ body }) => (body as { options?: { num_ctx?: number } }).options?.num_ctx);

describe('a model in memory whose context is another than ours', () => {
  const theirs = { options: { num_ctx: 8_192 } };

  it('is asked with its own, so that Ollama does not load it again; ours holds from its next load on', async () => {
    const { ollama, ostler } = await open();
    await loadElsewhere(ollama, SMALL, theirs);
    await ostler.front.resync();
    await ostler.ask('hello', { model: SMALL });
    expect(loads(ollama)).toEqual([SMALL]);
    ostler.front.unload(SMALL);
    await until(ollama);
    await ostler.ask('and again', { model: SMALL });
    expect(loads(ollama)).toEqual([SMALL, SMALL]);
    expect(contexts(ollama)).toEqual([8_192, 4_096]);
  });

  it('may have got it since we loaded it', async () => {
    const { ollama, ostler } = await open();
    await ostler.ask('hello', { model: SMALL });
    await loadElsewhere(ollama, SMALL, theirs);
    await ostler.front.resync();
    await ostler.ask('and again', { model: SMALL });
    expect(loads(ollama)).toEqual([SMALL, SMALL]);
    expect(contexts(ollama)).toEqual([4_096, 8_192]);
  });

  it('may have it from an earlier run of ours, with another configuration', async () => {
    const { ollama, ostler } = await open();
    await ostler.ask('hello', { model: SMALL });
    await ostler.close();
    const models = { small: { name: SMALL, options: { num_ctx: 16_384 } } };
    const again = await testOstler(ollama, { llm: { ...ostler.config.llm, models } });
    await again.ask('and again', { model: SMALL });
    expect(loads(ollama)).toEqual([SMALL]);
    expect(contexts(ollama)).toEqual([4_096, 4_096]);
  });

  it('is asked with its own also where we wish for none', async () => {
    const { ollama, ostler } = await open({ models: {}, routing: { default: SMALL } });
    await loadElsewhere(ollama, SMALL, theirs);
    await ostler.front.resync();
    await ostler.ask('hello');
    expect(loads(ollama)).toEqual([SMALL]);
  });
});

it('people read that another program loaded a model', () => {
  const model = { tag: SMALL, aliases: [], state: 'ready', sizeBytes: 4.7e9, capabilities: [] } as const;
  expect(describeModel({ ...model, byAnother: true })).toBe(
    `🟢 ${SMALL} · 4.7 GB · ready · loaded by another program`,
  );
});
