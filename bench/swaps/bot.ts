import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import type { ConversationEvent } from '../../src/chat/front.ts';
import { jobIdOf, type Message } from '../../src/chat/message.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { openOstler } from '../../src/main.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { fastClock } from './fast-clock.ts';
import { CONTEXT_TOKENS, parallelOf, type Question, type Setting, tagOf, toGib } from './machine.ts';
import { leavePast } from './past.ts';
import type { Asked } from './play.ts';

/** In memory, where there is such a folder: what a disk takes would count as many times as time is faster. */
const HOME = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const BYTES_PER_GB = 1e9;
/** The part of the free RAM that the stager takes for files. */
const RAM_SHARE = 0.8;
/** A machine that is busy with something else may hold up an answer: nobody gives up here. */
const LONG_SECONDS = 1e6;
const NONE = { messages_per_minute: null, concurrent_jobs: null, switches_per_minute: null };

export type Bot = Asked & { close(): Promise<void> };

type Open = { readonly first: PromiseWithResolvers<number>; readonly end: PromiseWithResolvers<void> };

/** The whole bot on the simulated Ollama, its time as fast. Resolves once Ollama answers it. */
export async function openBot(setting: Setting, ollama: Ollama, say: (line: string) => void): Promise<Bot> {
  const folder = await mkdtemp(join(HOME, 'ostler-swaps-'));
  const logger = tellsTrouble(say);
  await leavePast(setting, { ollama, folder, logger });
  const ostler = await openOstler(configOf(setting, ollama.url, folder), {
    logger,
    fronts: true,
    platforms: [],
    machine: machineOf(setting, ollama),
    clock: fastClock(setting.speed),
  });
  const { front } = ostler;
  const left = new AbortController();
  const jobs = new Map<string, Open>();
  while (!front.status().ollama.reachable) await pause(1);

  function onEvent(event: ConversationEvent): void {
    if (event.type === 'text') jobs.get(event.job)?.first.resolve(performance.now());
    if (event.type !== 'entry' || event.entry.kind !== 'exchange') return;
    const { outcome } = event.entry;
    const job = jobs.get(event.id);
    jobs.delete(event.id);
    if (outcome.kind === 'answer') job?.end.resolve();
    else job?.end.reject(new Error(`A question came to nothing: ${JSON.stringify(outcome)}`));
  }

  /** Resolves once it is told what happens from now on. */
  function follow(chat: string): Promise<void> {
    const live = Promise.withResolvers<void>();
    void (async () => {
      for await (const event of front.follow(addressOf(chat), { signal: left.signal })) {
        if (event.type === 'live') live.resolve();
        onEvent(event);
      }
    })().catch(live.reject);
    return live.promise;
  }

  await Promise.all([...new Set(setting.trace.requests.map(({ chat }) => String(chat)))].map(follow));
  return {
    keepsOrder: true,
    async ask(question) {
      const message = toMessage(question);
      const job: Open = { first: Promise.withResolvers(), end: Promise.withResolvers() };
      jobs.set(jobIdOf(message), job);
      const receipt = await front.receive(message);
      if (receipt.kind !== 'taken') throw new Error(`A question was ${receipt.kind}.`);
      await job.end.promise;
      return job.first.promise;
    },
    async close() {
      left.abort();
      await ostler.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configOf({ trace, plan }: Setting, url: string, folder: string): Config {
  const { models } = trace;
  const named = models.map(({ name }, at) => [
    name,
    { name: tagOf(models, at), options: { num_ctx: CONTEXT_TOKENS } },
  ]);
  return configSchema.parse({
    data_dir: folder,
    web: { enabled: false },
    queue: { expire_minutes: LONG_SECONDS / 60 },
    limits: { per_person: NONE, per_chat: NONE },
    llm: {
      base_url: url,
      parallel: parallelOf(trace),
      models: Object.fromEntries(named),
      memory: { vram_gb: toGib(plan.vramGb) },
      // Ollama's own clock is not faster: nothing expires here, as nothing would in the time that is played.
      cache: { keep_alive: -1 },
      timeouts: { first_part_seconds: LONG_SECONDS, between_parts_seconds: LONG_SECONDS },
    },
  });
}

function machineOf({ trace }: Setting, ollama: Ollama): Pick<Ports, 'gpu' | 'hostMemory' | 'stageFile'> {
  const bytes = (trace.ramGb * BYTES_PER_GB) / RAM_SHARE;
  return {
    gpu: async () => undefined,
    hostMemory: async () => ({ totalBytes: bytes, availableBytes: bytes }),
    stageFile: ollama.readAhead,
  };
}

function toMessage({ id, chat, model, text }: Question): Message {
  return {
    id,
    address: addressOf(chat),
    person: { id: chat },
    kind: 'direct',
    text,
    images: [],
    model,
    standalone: true,
    sentAt: Date.now(),
  };
}

const addressOf = (chat: string) => ({ platform: 'web', chat });

function tellsTrouble(say: (line: string) => void): Logger {
  const tell = (fields: object, message: string) => say(`${message} ${JSON.stringify(fields)}`);
  return { debug: () => undefined, info: () => undefined, warn: tell, error: tell };
}
