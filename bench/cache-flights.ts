import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOllama, type Ollama } from '../demo/ollama/ollama.ts';
import type { Front } from '../src/chat/front.ts';
import { configSchema } from '../src/config/schema.ts';
import { openOstler } from '../src/main.ts';
import type { Logger } from '../src/ports/logger.ts';
import { atMost, type Report } from './bench.ts';

const CHATS = 100;
const MODEL = 'small:1b';
const nothing = () => {};
const SILENT: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** As many chats ask the same at once: one generation answers them all. */
export async function measureFlights(): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-bench-'));
  const ollama = await createOllama({ speed: 1_000, models: [{ tag: MODEL, sizeGb: 1 }], parallel: 4 });
  const config = configSchema.parse({
    data_dir: folder,
    llm: { base_url: ollama.url, parallel: 4, routing: { default: MODEL }, options: { temperature: 0 } },
    response_cache: { scope: 'shared' },
    limits: { per_person: { messages_per_minute: null, concurrent_jobs: null } },
    web: { enabled: false },
  });
  const ostler = await openOstler(config, { logger: SILENT, fronts: true });
  try {
    const answers = await Promise.all(Array.from({ length: CHATS }, (_, at) => ask(ostler.front, `c${at}`)));
    const generations = generationsAt(ollama);
    if (generations === 0 || !answers.every(Boolean)) throw new Error('Not everybody was answered.');
    return {
      targets: [atMost(`generations for ${CHATS} identical requests at once`, generations, '', 1)],
      figures: [],
    };
  } finally {
    await ostler.close();
    await ollama.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether it was answered. */
async function ask(front: Front, chat: string): Promise<boolean> {
  const address = { platform: 'web', chat };
  const leave = new AbortController();
  const events = front.follow(address, { signal: leave.signal });
  const receipt = await front.receive({
    id: chat,
    address,
    person: { id: chat },
    kind: 'direct',
    text: 'What is AI?',
    images: [],
    standalone: true,
    sentAt: Date.now(),
  });
  if (receipt.kind === 'refused') throw new Error(receipt.failure.message);
  for await (const event of events) {
    if (event.type !== 'entry' || event.id !== receipt.job || event.entry.kind !== 'exchange') continue;
    leave.abort();
    return event.entry.outcome.kind === 'answer';
  }
  return false;
}

/** Requests for an answer: one without messages loads the model. */
function generationsAt(ollama: Ollama): number {
  const asked = ollama.requests().filter(({ path }) => path === '/api/chat');
  return asked.filter(({ body }) => ((body as { messages?: unknown[] }).messages ?? []).length > 0).length;
}
