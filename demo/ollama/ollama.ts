import { createDisk } from './disk.ts';
import { createEvents, type Events, type ReceivedRequest } from './events.ts';
import { createFaults, type Fault, type Hold, type HoldPoint } from './faults.ts';
import { createGenerate } from './generation.ts';
import { createGpuShare } from './gpu-share.ts';
import { parseKeepAlive } from './keep-alive.ts';
import { createLoader } from './loader.ts';
import { createLedger, defaultContext, GIB } from './memory.ts';
import { checkModels, type ModelSpec } from './model-spec.ts';
import { CATALOGUE, DEFAULT_MODELS, makeModel } from './models.ts';
import { createPace } from './pace.ts';
import { createPageCache } from './page-cache.ts';
import { openPort } from './port.ts';
import { readAhead } from './read-ahead.ts';
import { createResidency } from './residency.ts';
import { type ResidentView, viewResident } from './resident.ts';
import { createRouter } from './router.ts';
import { createScheduler } from './scheduler.ts';
import { type Answer, simulateAnswer } from './words.ts';

/** MAX_LOADED_MODELS 0: three for each GPU, and there is one. */
const AUTOMATIC_LOADED = 3;

export type OllamaOptions = {
  /** 0, the default: a free one. */
  readonly port?: number;
  readonly host?: string;
  /** GiB; 0: no GPU, models live in RAM. */
  readonly vramGib?: number;
  /** GiB of RAM, for the page cache and for layers that do not fit on the GPU. */
  readonly ramGib?: number;
  /** Loads, prompts, tokens, pulls and the VRAM lag are this much faster. keep_alive stays real. */
  readonly speed?: number;
  /** The durations in its answers are simulated ones, as if it were not faster. */
  readonly tellsSimulatedTime?: boolean;
  readonly seed?: number;
  readonly models?: readonly ModelSpec[];
  /** What /api/pull finds. */
  readonly catalogue?: readonly ModelSpec[];
  /** OLLAMA_NUM_PARALLEL */
  readonly parallel?: number;
  /** OLLAMA_MAX_LOADED_MODELS; 0: automatic. */
  readonly maxLoaded?: number;
  /** OLLAMA_MAX_QUEUE */
  readonly maxQueue?: number;
  /** OLLAMA_KEEP_ALIVE, in seconds; negative: for ever. */
  readonly keepAliveSeconds?: number;
  /** OLLAMA_CONTEXT_LENGTH; 0: by total VRAM. */
  readonly contextLength?: number;
  /** Simulated time between a model's leaving /api/ps and the moment its VRAM is free. */
  readonly vramLagSeconds?: number;
  /** Simulated time until an unloaded model leaves /api/ps, for each GB of it: up to a second in all. */
  readonly stopSecondsPerGb?: number;
  /** Writes the answers instead of the simulated words. */
  readonly answer?: Answer;
  /** How many requests and events are remembered. */
  readonly keepRecords?: number;
};

export type Ollama = {
  readonly url: string;
  readonly port: number;
  readonly on: Events['on'];
  readonly when: Events['when'];
  readonly until: Events['until'];
  readonly events: Events['history'];
  /** In order of arrival. */
  requests(): readonly ReceivedRequest[];
  /** Loads and generations in progress. */
  running(): number;
  /** Requests that wait for a load, with the one at the head. */
  queued(): number;
  /** Requests without a complete answer. */
  open(): number;
  residents(): readonly ResidentView[];
  /** Tags whose file is in the page cache, the least recently read first. */
  cached(): readonly string[];
  inject(fault: Fault): void;
  /** Faults that have not happened yet. */
  pendingFaults(): readonly Fault[];
  hold(point: HoldPoint): Hold;
  /** Reads a model's file into the page cache, as somebody who stages it would. */
  stage(tag: string): void;
  /** The same in the time that it takes, for the file that /api/show names. Resolves to its bytes. */
  readAhead(path: string, signal: AbortSignal): Promise<number>;
  addModel(spec: ModelSpec): void;
  deleteModel(tag: string): void;
  /** Stops listening and cuts all connections. `crashed`: what was loaded is lost too. */
  goAway(how?: { readonly crashed: boolean }): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
};

/** Starts a simulated Ollama. Throws where the port is in use or a model is not valid. */
export async function createOllama(options: OllamaOptions = {}): Promise<Ollama> {
  const { port = 0, host = '127.0.0.1', vramGib = 24, ramGib = 32, speed = 1, seed = 1 } = options;
  const { parallel = 1, maxLoaded = 0, maxQueue = 512, keepAliveSeconds = 300 } = options;
  const { keepRecords = 10_000, vramLagSeconds = 0.2, stopSecondsPerGb = 0.05 } = options;
  const { tellsSimulatedTime = false } = options;
  const models = checkModels(options.models ?? DEFAULT_MODELS, 'models');

  const events = createEvents(keepRecords);
  const faults = createFaults();
  const pace = createPace(speed, { tellsSimulated: tellsSimulatedTime });
  const disk = createDisk(models);
  const gpu = createLedger(vramGib * GIB);
  const cpu = createLedger(ramGib * GIB);
  const cache = createPageCache(ramGib * GIB);
  const residency = createResidency({ pace, events, vramLagSeconds, stopSecondsPerGb });
  const giveBack = (tag: string, memory: Parameters<typeof residency.giveBack>[1]) =>
    void residency.giveBack(tag, memory);
  const scheduler = createScheduler({
    limits: {
      parallel,
      maxLoaded: maxLoaded || AUTOMATIC_LOADED,
      maxQueue,
      keepAliveMs: parseKeepAlive(keepAliveSeconds) ?? 0,
    },
    residency,
    load: createLoader({ gpu, cpu, cache, pace, faults, giveBack }),
    freeBytes: vramGib > 0 ? gpu.freeBytes : cpu.freeBytes,
    faults,
    events,
    cached: ({ blob }) => cache.has(blob),
  });
  let generations = 0;
  const generate = createGenerate({
    seed,
    answer: options.answer ?? simulateAnswer,
    pace,
    gpu: createGpuShare(),
    faults,
    events,
    expireAll: () => {
      for (const resident of residency.all()) residency.expire(resident, false);
    },
    count: (change) => {
      generations += change;
    },
  });
  const { handle, log } = createRouter({
    engine: {
      disk,
      residency,
      scheduler,
      generate,
      pace,
      catalogue: options.catalogue ?? CATALOGUE,
      defaultContext: options.contextLength || defaultContext(vramGib * GIB),
    },
    events,
    keep: keepRecords,
  });
  const door = await openPort({ port, host, handle });
  const findModel = (tag: string) => {
    const model = disk.find(tag);
    if (!model) throw new Error(`The simulated Ollama has no model "${tag}"`);
    return model;
  };

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${door.port}`,
    port: door.port,
    on: events.on,
    when: events.when,
    until: events.until,
    events: events.history,
    requests: log.all,
    running: () => generations + scheduler.loading(),
    queued: scheduler.queued,
    open: log.open,
    residents: () => residency.all().map(viewResident),
    cached: () =>
      cache.files().flatMap((file) =>
        disk
          .list()
          .filter(({ blob }) => blob === file)
          .map(({ tag }) => tag),
      ),
    inject: faults.inject,
    pendingFaults: faults.pending,
    hold: faults.hold,
    stage(tag) {
      const { blob, sizeBytes } = findModel(tag);
      cache.read(blob, sizeBytes);
    },
    async readAhead(path, signal) {
      const model = disk.list().find(({ blob }) => path.endsWith(blob));
      if (!model) throw new Error(`The simulated Ollama has no file ${path}`);
      await readAhead({ model, cache, pace }, signal);
      return model.sizeBytes;
    },
    addModel: (spec) => {
      for (const checked of checkModels([spec], 'model')) disk.add(makeModel(checked, -disk.list().length));
    },
    deleteModel: (tag) => disk.remove(findModel(tag)),
    async goAway(how = { crashed: false }) {
      await door.shut();
      if (how.crashed) residency.forget();
    },
    comeBack: door.open,
    async close() {
      await door.shut();
      residency.forget();
    },
  };
}
