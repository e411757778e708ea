import { type Random, seeded } from '../demo/ollama/seeded.ts';
import { decide } from '../src/models/schedule/decide.ts';
import type { HostState, ModelState, WaitingJob } from '../src/models/schedule/state.ts';
import { atMost, type RunBench } from './bench.ts';
import { compare, type TimedRun, timed } from './compare-runs.ts';

const MODELS = 10;
/** So many of them are in memory, which is full. */
const RESIDENTS = 5;
const FEW = 1_000;
const MANY = 10_000;
const MEDIAN_US = 200;
/** Ten times the questions, and what measuring adds. */
const GROWTH = 12;
/** So many states, one after the other; then they come again. */
const STATES = 40;
const NOW_MS = 10_000_000;
/** Since when people wait, in turn: nobody is overdue yet; somebody is. */
const WAITING_MS = [50_000, 3_000_000];
const GB = 1e9;

/** Both in turn, so that a busy moment meets both. */
export const run: RunBench = async () => {
  // As many questions pass in a round of either, so that neither has the caches to itself.
  const decisionsForOne = MANY / FEW;
  const growth = compare(
    decisions(statesOf(MANY, STATES / decisionsForOne), 1),
    decisions(statesOf(FEW, STATES), decisionsForOne),
  );
  const states = statesOf(FEW, STATES);
  const asking = states.map((state) => ({ ...state, asksFirst: true }));
  const single = compare(decisions(asking, 1), decisions(states, 1));
  return {
    targets: [
      atMost(
        `a decision, ${MODELS} models and ${FEW} questions, p50`,
        single.otherMs * 1_000,
        'µs',
        MEDIAN_US,
      ),
      atMost(`growth from ${FEW} questions to ${MANY}`, growth.ratio * decisionsForOne, 'times', GROWTH),
    ],
    figures: [
      { name: `a decision with ${MANY} questions, p50`, figure: growth.oneMs * 1_000, unit: 'µs' },
      { name: 'where people are asked before a model leaves, p50', figure: single.oneMs * 1_000, unit: 'µs' },
    ],
  };
};

function statesOf(questions: number, count: number): readonly HostState[] {
  return Array.from({ length: count }, (_, seed) => busyHost(questions, seed));
}

/** So many decisions, each on the next state. */
function decisions(states: readonly HostState[], count: number): TimedRun {
  let next = 0;
  return timed(
    count,
    () => states[next++ % states.length],
    (state) => {
      if (state && decide(state, NOW_MS).length === 0) throw new Error('Nothing was decided.');
    },
  );
}

/** Every resident answers as much as it can, everybody else waits: whose turn is next has to be compared. */
function busyHost(questions: number, seed: number): HostState {
  const random = seeded(seed);
  const models = Array.from({ length: MODELS }, (_, at) => busyModel(at, random));
  const residents = models.filter(({ state }) => state === 'ready');
  return {
    host: 'the bench',
    reachable: true,
    models,
    waiting: waitingJobs(questions, seed, random),
    memory: { totalBytes: sumOf(residents), headroom: 1 },
    roomSeen: { heldBytes: 0, refusedBytes: Number.POSITIVE_INFINITY, headroom: 1 },
    maxModels: Number.POSITIVE_INFINITY,
    eviction: 'auto',
    unloadIdle: false,
    asksFirst: false,
    plan: undefined,
    order: undefined,
    wishes: [],
    awaited: [],
    leaving: [],
    pageCache: {
      bytes: 3 * sumOf(residents),
      files: residents.map(({ tag, fileBytes }) => ({ tag, bytes: fileBytes })),
      staging: undefined,
      diskBusy: false,
    },
  };
}

const sumOf = (models: readonly ModelState[]): number =>
  models.reduce((sum, { needBytes }) => sum + needBytes, 0);

function busyModel(at: number, random: Random): ModelState {
  const isResident = at < RESIDENTS;
  const bytes = Math.round((4 + 12 * random()) * GB);
  return {
    tag: `model-${at}`,
    state: isResident ? 'ready' : 'not_loaded',
    running: isResident ? 2 : 0,
    slots: 2,
    needBytes: bytes,
    fileBytes: bytes,
    readyAt: NOW_MS - 60_000 * random(),
    lastUsedAt: NOW_MS,
    foreign: false,
    isOthers: false,
    keeps: 'free',
    restsUntil: 0,
    coldLoadMs: bytes / ((0.5 * GB) / 1_000),
    warmLoadMs: bytes / ((5 * GB) / 1_000),
    serviceMs: 5_000 + 10_000 * random(),
    arrivalRate: 1e-4 * random(),
  };
}

function waitingJobs(questions: number, seed: number, random: Random): readonly WaitingJob[] {
  const forMs = WAITING_MS[seed % WAITING_MS.length] ?? 0;
  return Array.from({ length: questions }, (_, at) => ({
    id: `job-${at}`,
    model: `model-${Math.floor(random() * MODELS)}`,
    eligibleAt: NOW_MS - forMs * (1 - at / questions),
  }));
}
