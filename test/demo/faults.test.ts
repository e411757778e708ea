import { describe, expect, it } from 'vitest';
import { smallServers } from './small-server.ts';

const start = smallServers();

describe('faults', () => {
  it('busy: the next request is a 503', async () => {
    const { ollama, load } = await start();
    ollama.inject({ type: 'busy' });
    expect((await load('a')).status).toBe(503);
    expect((await load('a')).status).toBe(200);
    expect(ollama.pendingFaults()).toEqual([]);
  });

  it('a connection that drops in mid-answer', async () => {
    const { ollama, chat, idle } = await start();
    ollama.inject({ type: 'connection-drops', afterTokens: 3 });
    await expect(chat('a', { stream: true })).rejects.toThrow();
    await idle();
    expect(ollama.residents()[0]?.references).toBe(0);
  });

  it('goes away in mid-answer and comes back on the same port', async () => {
    const { ollama, load, chat } = await start();
    const hold = ollama.hold({ at: 'generation', afterTokens: 1 });
    const cut = chat('a', { stream: true }).then(
      () => 'answered',
      () => 'cut',
    );
    await hold.reached;
    await ollama.goAway({ crashed: true });
    expect(await cut).toBe('cut');
    await expect(load('a')).rejects.toThrow();
    await ollama.until(() => ollama.running() === 0);
    expect(ollama.residents()).toEqual([]);
    await ollama.comeBack();
    expect((await load('a')).status).toBe(200);
  });

  it('a model that is deleted, and one that is added', async () => {
    const { ollama, load } = await start();
    ollama.deleteModel('a');
    ollama.addModel({ tag: 'd', sizeGb: 1 });
    expect((await load('a')).status).toBe(404);
    expect((await load('d')).status).toBe(200);
  });
});
