import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createOllama, type Ollama, type OllamaOptions } from '../../demo/ollama/ollama.ts';
import type { Exchange } from '../../src/chat/exchange.ts';
import type { ConversationEvent, Receipt } from '../../src/chat/front.ts';
import type { Message } from '../../src/chat/message.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { type Ostler, openOstler } from '../../src/main.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { NO_LIMITS } from '../fakes/no-limits.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';

type ConfigInput = Record<string, unknown>;
type LogLine = { readonly level: string; readonly message: string } & Record<string, unknown>;

/** A whole Ostler on a temporary folder, without the page, and what it logs. */
export type TestOstler = Ostler & {
  readonly config: Config;
  readonly lines: readonly LogLine[];
  send(text: string, more?: Partial<Message>): Promise<Receipt & { job: string }>;
  /** Everything that happens in a chat, as it happens. */
  follow(chat?: string): Followed;
  /** Sends a question and waits for its outcome. */
  ask(text: string, more?: Partial<Message>): Promise<Exchange['outcome']>;
};

type Followed = {
  readonly events: readonly ConversationEvent[];
  /** The first event, past or to come, that fits. */
  until<T>(find: (event: ConversationEvent) => T | undefined): Promise<T>;
  outcome(job: string): Promise<Exchange['outcome']>;
};

export async function simulatedOllama(options: OllamaOptions = {}): Promise<Ollama> {
  const ollama = await createOllama({ speed: 1_000, ...options });
  onTestFinished(() => ollama.close());
  return ollama;
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function testOstler(
  ollama: { readonly url: string },
  input: ConfigInput = {},
  more: Partial<Pick<Parameters<typeof openOstler>[1], 'platforms' | 'machine'>> = {},
): Promise<TestOstler> {
  const { llm, ...rest } = input;
  const config = configSchema.parse({
    data_dir: await temporaryFolder(),
    web: { enabled: false },
    limits: NO_LIMITS,
    // A file less for every house; tests of the cache name their own.
    response_cache: { l2: { backend: 'none' } },
    llm: { base_url: ollama.url, ...(llm as object) },
    ...rest,
  });
  const lines: LogLine[] = [];
  const { gpu, hostMemory, stageFile } = quietPorts();
  const machine = { gpu, hostMemory, stageFile };
  const ostler = await openOstler(config, { logger: collect(lines), fronts: true, machine, ...more });
  onTestFinished(() => ostler.close());

  function follow(chat = 'one'): Followed {
    const leave = new AbortController();
    onTestFinished(() => leave.abort());
    const events: ConversationEvent[] = [];
    const watchers = new Set<() => void>();
    void (async () => {
      const address = { platform: 'web', chat };
      for await (const event of ostler.front.follow(address, { signal: leave.signal })) {
        events.push(event);
        for (const look of [...watchers]) look();
      }
    })();
    const until = <T>(find: (event: ConversationEvent) => T | undefined) =>
      new Promise<T>((resolve) => {
        const look = () => {
          for (const event of events) {
            const found = find(event);
            if (found === undefined) continue;
            watchers.delete(look);
            resolve(found);
            return;
          }
        };
        watchers.add(look);
        look();
      });
    const outcome = (job: string) =>
      until((event) =>
        event.type === 'entry' && event.id === job && event.entry.kind === 'exchange'
          ? event.entry.outcome
          : undefined,
      );
    return { events, until, outcome };
  }

  async function send(text: string, more: Partial<Message> = {}) {
    const receipt = await ostler.front.receive({
      id: randomUUID(),
      address: { platform: 'web', chat: 'one' },
      person: { id: 'tester' },
      kind: 'direct',
      text,
      images: [],
      sentAt: Date.now(),
      ...more,
    });
    return { job: '', ...receipt };
  }

  return {
    ...ostler,
    config,
    lines,
    send,
    follow,
    async ask(text, more = {}) {
      const followed = follow(more.address?.chat);
      const receipt = await send(text, more);
      if (receipt.kind === 'refused') return { kind: 'failure', failure: receipt.failure };
      return followed.outcome(receipt.job);
    },
  };
}

function collect(lines: LogLine[]): Logger {
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ ...fields, level, message });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
