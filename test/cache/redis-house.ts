import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { simulatedOllama, type TestOstler, temporaryFolder, testOstler } from '../servers/ostler.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';

const MODEL = 'qwen2.5:7b';
const TIER_LINE = /second tier of the cache/;

export async function openRedis(): Promise<RedisServer & { readonly plain: Redis }> {
  const server = await startRedis();
  const plain = new Redis(server.url);
  plain.on('error', () => undefined);
  onTestFinished(async () => {
    plain.disconnect();
    await server.dispose();
  });
  return { ...server, plain };
}

/** A whole Ostler whose cache has its second tier on a Redis. */
export async function houseOn(url: string, l2: object = {}) {
  const ollama = await simulatedOllama({ answer: ({ turns }) => `You said: ${turns.at(-1)?.content}` });
  const ostler = await testOstler(ollama, {
    data_dir: await temporaryFolder(),
    response_cache: { l2: { backend: 'redis', redis_url: url, ...l2 } },
    llm: { routing: { default: MODEL }, options: { temperature: 0 } },
  });
  return { ollama, ostler, ...asks(ostler) };
}

export function asks(ostler: TestOstler) {
  const state = () => ostler.front.cacheStats().l2?.state;
  return {
    /** Where the answer to a question that stands alone comes from. */
    async ask(text: string, more: Partial<Message> = {}): Promise<string> {
      const outcome = await ostler.ask(text, { standalone: true, ...more });
      return outcome.kind === 'answer' ? outcome.answer.from : outcome.kind;
    },
    /** Resolves once the second tier is in this state. */
    async reaches(wanted: string): Promise<void> {
      while (state() !== wanted) await new Promise(setImmediate);
    },
    /** Resolves once the second tier has taken so many answers. */
    async hasTaken(sets: number): Promise<void> {
      while ((ostler.front.cacheStats().l2?.sets ?? 0) < sets) await new Promise(setImmediate);
    },
    /** What the log says of the second tier, in order. */
    told: () => ostler.lines.filter(({ message }) => TIER_LINE.test(message)).map(({ state }) => state),
    errors: () => ostler.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
    /** What `/stats` says. */
    async stats(): Promise<string> {
      const { markdown } = (await send(ostler, '/api/chats/one/commands', { id: 's', name: 'stats' })) as {
        markdown: string;
      };
      return markdown;
    },
    /** What `/readyz` says, and its status. */
    async health(): Promise<object> {
      const reply = await ostler.handle(new Request('http://ostler/readyz'));
      return { code: reply.status, ...((await reply.json()) as object) };
    },
    metrics: async () => (await ostler.handle(new Request('http://ostler/metrics'))).text(),
    clear: (backend?: string) => send(ostler, '/api/cache/clear', { backend }),
  };
}

async function send(ostler: TestOstler, path: string, body: object): Promise<unknown> {
  const request = new Request(`http://ostler${path}?platform=terminal`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await ostler.handle(request)).json();
}
