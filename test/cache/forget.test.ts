import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { simulatedOllama, type TestOstler, temporaryFolder, testOstler } from '../servers/ostler.ts';
import { asks, houseOn, openRedis } from './redis-house.ts';

const LLM = { routing: { default: 'qwen2.5:7b' }, options: { temperature: 0 } };

async function house(response_cache: object = {}) {
  const ollama = await simulatedOllama({ answer: ({ turns }) => `You said: ${turns.at(-1)?.content}` });
  const config = { data_dir: await temporaryFolder(), response_cache, llm: LLM };
  return { ollama, ostler: await testOstler(ollama, config) };
}

const by = (id: string, chat = id): Partial<Message> => ({
  address: { platform: 'web', chat },
  person: { id },
});
const of = (id: string) => [{ platform: 'web', chat: id }, `forget-${id}`, id] as const;

/** The texts in the file of the cache, all that is written by now. */
function textsIn({ config }: TestOstler): string {
  const db = new DatabaseSync(join(config.data_dir, 'cache.db'), { readOnly: true });
  const rows = db.prepare('SELECT kept FROM entries ORDER BY n').all();
  db.close();
  return JSON.stringify(rows);
}

describe('/forget', () => {
  it('removes what is kept of a person from the file at once, and of nobody else', async () => {
    const { ostler } = await house();
    const { ask, hasTaken } = asks(ostler);
    for (const text of ['one', 'two']) await ask(text, by('ada'));
    await ask('three', by('ada', 'elsewhere'));
    await ask('four', by('ben'));
    await hasTaken(4);
    await ostler.front.forget(...of('ada'));
    expect(textsIn(ostler)).toContain('four');
    expect(textsIn(ostler)).not.toMatch(/one|two|three/);
    expect([await ask('one', by('ada')), await ask('four', by('ben'))]).toEqual(['local', 'cache']);
  });

  it('leaves what everybody shares, which is of nobody', async () => {
    const { ostler } = await house({ scope: 'shared' });
    const { ask, hasTaken } = asks(ostler);
    await ask('one', by('ada'));
    await hasTaken(1);
    await ostler.front.forget(...of('ada'));
    expect(await ask('one', by('ben'))).toBe('cache');
  });

  it('keeps nothing of what is being written for that person', async () => {
    const { ollama, ostler } = await house();
    const { ask, hasTaken } = asks(ostler);
    const generation = ollama.hold({ at: 'generation', afterTokens: 1 });
    const asked = ask('one', by('ada', 'elsewhere'));
    await generation.reached;
    await ostler.front.forget(...of('ada'));
    generation.release();
    expect(await asked).toBe('local');
    await ask('two', by('ben'));
    await hasTaken(1);
    expect(textsIn(ostler)).not.toContain('You said: one');
  });

  it('makes what lies in Redis unreachable; it goes when its time is over', async () => {
    const redis = await openRedis();
    const { ostler, ask, reaches, hasTaken } = await houseOn(redis.url);
    await reaches('ready');
    await ask('one', by('ada'));
    await hasTaken(1);
    const [key = ''] = await redis.plain.keys('*');
    await ostler.front.forget(...of('ada'));
    expect(await redis.plain.pttl(key)).toBeGreaterThan(0);
    expect(await ask('one', by('ada'))).toBe('local');
  });
});
