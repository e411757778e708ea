import type { Bench } from './bench.ts';

/** Every bench by its name. */
export const BENCHES: Readonly<Record<string, Bench>> = {
  path: {
    sentence:
      'What Ostler adds before the first request at Ollama, also on Telegram; its start, and its memory over 10,000 messages.',
    options: { messages: { type: 'string', takes: 'COUNT', default: '10000' } },
    load: () => import('./path.ts'),
  },
  queue: {
    sentence: 'Both queues: ready, from add to start, jobs per second, restart and cancel.',
    load: () => import('./queue.ts'),
  },
  cache: {
    sentence:
      'The response cache against bare lru-cache, SHA-256, node-redis and Belady’s optimum; Redis down and stalled.',
    load: () => import('./cache.ts'),
  },
  scheduler: {
    sentence:
      'Simulated: the scheduler against FIFO, Ollama alone, llama-swap and a clairvoyant; or all of them on your own --trace.',
    options: { trace: { type: 'string', takes: 'FILE' } },
    load: () => import('./scheduler.ts'),
  },
  swaps: {
    sentence:
      'The whole bot on a simulated Ollama 20 times as fast, against its simulation and against Ollama alone; six minutes.',
    options: { seed: { type: 'string', takes: 'NUMBER' } },
    load: () => import('./swaps.ts'),
  },
  decide: {
    sentence: 'How long a decision of the scheduler takes, and how that grows with the questions that wait.',
    load: () => import('./decide.ts'),
  },
  rules: {
    sentence: 'How the time of a rule grows with its text, and what routing costs with 50 rules.',
    load: () => import('./rules.ts'),
  },
  kills: {
    sentence: 'Kill -9 at random while questions flow in; resumable, appends to bench/results/kills.jsonl.',
    options: {
      kills: { type: 'string', takes: 'COUNT', default: '100' },
      queue: { type: 'string', takes: 'sqlite|redis' },
      front: { type: 'string', takes: 'web|telegram' },
    },
    load: () => import('./kills.ts'),
  },
};
