import { describe, expect, it } from 'vitest';
import { settled } from '../../../adapters/terminal/settled.ts';
import type { StatusView } from '../../../src/chat/status-view.ts';

const NOT_ASKED = { url: 'http://x', reachable: false, detail: 'Ollama was not asked yet.' };
const AWAY = { ...NOT_ASKED, detail: 'Ollama at http://x cannot be reached.' };
const THERE = { ...NOT_ASKED, reachable: true, detail: 'Ollama 0.33.0' };
const never = new AbortController().signal;

/** A house that says this of Ollama, one after the other; the last for ever. */
function house(script: readonly StatusView['ollama'][]) {
  let asked = 0;
  const status = async (): Promise<StatusView> => {
    const ollama = script[Math.min(asked, script.length - 1)] ?? NOT_ASKED;
    asked += 1;
    return { version: '1', ollama, waiting: 0, running: 0, simulated: false, models: [] };
  };
  return { status, asked: () => asked };
}

describe('a house that was just opened is waited for', () => {
  it.each([
    ['no longer where it knows its models', [THERE], 1],
    ['until it knows them', [NOT_ASKED, NOT_ASKED, THERE], 3],
    ['until it knows that Ollama is away', [NOT_ASKED, AWAY], 2],
  ])('%s', async (_, script, times) => {
    const { status, asked } = house(script);
    await settled({ status }, never);
    expect(asked()).toBe(times);
  });

  it('not for ever', async () => {
    const { status, asked } = house([NOT_ASKED]);
    await settled({ status }, never);
    expect(asked()).toBeGreaterThan(1);
  });

  it('not by somebody who leaves', async () => {
    const { status } = house([NOT_ASKED]);
    await expect(settled({ status }, AbortSignal.abort())).rejects.toThrow();
  });
});
