import type { Clock } from '../ports/clock.ts';
import type { Usage } from '../ports/generate.ts';
import type { Gpu } from '../ports/gpu.ts';
import type { HostMemory } from '../ports/host-memory.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelServer } from '../ports/models.ts';
import type { StageFile } from '../ports/stage-file.ts';
import type { Store } from '../ports/store.ts';
import { createArrivalRate } from './arrival-rate.ts';
import { askWithin } from './ask-server.ts';
import { runnerOptionsOf } from './catalogue.ts';
import { createJudging } from './judging.ts';
import { createKnowledge } from './knowledge.ts';
import type { Keeper } from './let-go.ts';
import type { LoadHistory } from './load-history.ts';
import { createMachine } from './machine.ts';
import { createModelTimes } from './model-times.ts';
import type { LoadEnd } from './moves.ts';
import { createNeeds } from './needs.ts';
import { createRoomSeen } from './room-seen.ts';
import { createServerState } from './server-state.ts';
import { createServiceTime } from './service-time.ts';
import type { Settings } from './settings.ts';
import { createSlots } from './slots.ts';
import { createStager } from './stager.ts';

/** What tells of the server and its machine. */
export type Sources = {
  /** The server's address, fit to be shown. */
  readonly host: string;
  readonly server: ModelServer;
  readonly store: Store;
  readonly history: LoadHistory;
  readonly gpu: Gpu;
  readonly hostMemory: HostMemory;
  readonly stageFile: StageFile;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: () => Settings;
  /** Longest silence of a short request to the server. */
  readonly answerLimitMs: number;
};

type Surroundings = Sources & {
  readonly stopped: AbortSignal;
  readonly keeperOf: (tag: string) => Keeper;
  /** Until when a model is left alone after failed loads. Monotonic milliseconds. */
  readonly restsUntil: (tag: string) => number;
  readonly isMoving: () => boolean;
  /** The server came back, or the list of models was read anew. */
  readonly onNews: () => void;
  readonly onContact: () => void;
  readonly wake: () => void;
};

/** All that is known of one server, its machine and its models, and learned from what they do. */
export type Lore = ReturnType<typeof createLore>;

export function createLore(surroundings: Surroundings) {
  const { host, server, store, history, gpu, hostMemory, stageFile, clock, logger, settings } = surroundings;
  const { answerLimitMs, stopped, keeperOf, restsUntil, isMoving, onNews, onContact, wake } = surroundings;
  const slots = createSlots({ configured: () => settings().parallel, logger });

  const machine = createMachine({
    gpu,
    hostMemory,
    configuredBytes: () => settings().memory.vramBytes,
    clock,
    stopped,
  });
  const needs = createNeeds({
    store,
    server,
    logger,
    answerLimitMs,
    optionsOf: (tag) => runnerOptionsOf(tag, settings().models),
    slotsOf: slots.of,
    gpuBytes: machine.totalBytes,
  });
  const state = createServerState({
    host,
    server,
    clock,
    logger,
    answerLimitMs,
    stopped,
    onNews,
    onContact() {
      slots.forget();
      roomSeen.forget();
      onContact();
    },
    onInstalled: (models) => needs.read(models, stopped),
    async onResidents(residents) {
      void needs.learn(residents);
      const isMoved = isMoving() || memory.models().some((model) => model.state !== 'ready');
      await machine.look(residents, isMoved);
    },
  });
  const { memory, inventory } = state;
  const times = createModelTimes({
    host,
    history,
    inventory,
    settings,
    staging: { isCached: (tag) => stager.isCached(tag), isJoined: (tag) => stager.isJoined(tag) },
  });
  const service = createServiceTime((tag) => times.of(tag)?.service?.medianMs);
  const arrivals = createArrivalRate(clock.now());
  const knowledge = createKnowledge({
    memory,
    inventory,
    arrivals,
    service,
    needs,
    times,
    keeps: (tag) => keeperOf(tag).keeps,
    slots: slots.of,
    restsUntil,
  });
  const stager = createStager({
    clock,
    logger,
    hostMemory,
    stageFile,
    inventory,
    pathOf: async (tag) =>
      (await askWithin(answerLimitMs, stopped, (signal) => server.show(tag, signal))).file,
    timesOf: times.of,
    isOn: () => settings().staging,
    stopped,
    onChange: wake,
  });
  const judging = createJudging({
    inventory,
    needs,
    machine,
    keeperOf,
    allowSpill: () => settings().memory.allowSpill,
    now: clock.now,
  });
  const roomSeen = createRoomSeen({
    memory,
    needOf(tag) {
      const model = inventory.find(tag);
      return model && needs.of(model).besideBytes;
    },
    keeperOf,
    isKnown: () => machine.gpuBytes() !== undefined,
    clock,
    logger,
  });

  return {
    state,
    memory,
    inventory,
    machine,
    times,
    arrivals,
    service,
    knowledge,
    judging,
    pageCache: stager.state,
    stage: stager.stage,
    roomSeen: roomSeen.get,
    loadBegan(tag: string): void {
      stager.loading(tag);
      roomSeen.loadBegan(tag);
    },
    loadEnded(end: LoadEnd): void {
      if (end.ms === undefined) stager.failed();
      else stager.loaded(end.model, end.ms);
      roomSeen.loadEnded(end);
    },
    /** A model answered one question, which was the `atOnce`-th there. */
    observe(tag: string, atOnce: number, { readSeconds, generateSeconds, queueSeconds }: Usage): void {
      slots.note(tag, atOnce, queueSeconds);
      const ms = (readSeconds + generateSeconds) * 1_000;
      // Nothing is learned from an answer that ended before it began.
      if (ms === 0) return;
      service.learn(tag, ms);
      times.answered(tag, ms);
    },
  };
}
