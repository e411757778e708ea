import { describe, expect, it } from 'vitest';
import { describeModel } from '../../src/chat/describe-model.ts';
import { testOstler } from '../servers/ostler.ts';
import { CODE, loadElsewhere, open, SMALL, until } from './stable-house.ts';

describe('a model that another program loaded', () => {
  it('is shown as such, until it has left', async () => {
    const { ollama, ostler } = await open();
    const shown = (tag: string) => ostler.front.status().models.find((model) => model.tag === tag);
    await loadElsewhere(ollama, SMALL);
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

it('people read that another program loaded a model', () => {
  const model = { tag: SMALL, aliases: [], state: 'ready', sizeBytes: 4.7e9, capabilities: [] } as const;
  expect(describeModel({ ...model, byAnother: true })).toBe(
    `🟢 ${SMALL} · 4.7 GB · ready · loaded by another program`,
  );
});
