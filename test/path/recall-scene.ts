import { expect } from 'vitest';
import { EVERYTHING, epochOfChat, epochOfPerson } from '../../src/cache/epochs.ts';
import type { Answer } from '../../src/chat/exchange.ts';
import type { Job } from '../../src/path/job.ts';
import { stoppedByPerson } from '../../src/path/work.ts';
import { GRANT } from '../fakes/grant.ts';
import { createOracle, type Made } from './recall-oracle.ts';
import { createParts } from './recall-parts.ts';
import { type Asked, type SCOPES, type Step, TEXTS } from './recall-steps.ts';
import { jobFor } from './recall-world.ts';

/** So many turns of the event loop, and whatever the second tier is asked has come back. */
const TURNS = 4;
/** By then all have ended. */
const MOST_TURNS = 1_000;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A question that has not ended. */
type Open = {
  job: Job;
  phase: 'looking' | 'waiting' | 'granted' | 'running';
  leave: AbortController;
  readonly begin: PromiseWithResolvers<void>;
  readonly end: PromiseWithResolvers<Answer['finished']>;
};

/** Who asks what of a cache, in which order; the oracle says what nobody may be given. */
export function createScene(scope: (typeof SCOPES)[number]) {
  const { world, cache, flights, recall, counts } = createParts(scope);
  const oracle = createOracle(world);
  const opens: Open[] = [];
  /** Those that a model answers, also where their person has left. */
  const running = new Set<Open>();
  let jobs = 0;

  async function ask(asked: Asked): Promise<void> {
    jobs += 1;
    const job = jobFor(jobs, asked);
    const begin = Promise.withResolvers<void>();
    const end = Promise.withResolvers<Answer['finished']>();
    const open: Open = { job, phase: 'looking', leave: new AbortController(), begin, end };
    opens.push(open);
    try {
      if (await isLeftToAModel(open)) await answer(open);
    } finally {
      opens.splice(opens.indexOf(open), 1);
    }
  }

  /** False where it was given an answer, or stopped. */
  async function isLeftToAModel(open: Open): Promise<boolean> {
    for (;;) {
      const { job, leave } = open;
      open.phase = 'looking';
      const look = await oracle.watch(job);
      const outcome = await recall.look(job, world.grant(), leave.signal);
      if (outcome === 'anew') continue;
      if (outcome?.kind === 'answer') {
        await look.check(outcome.answer.text);
        return false;
      }
      look.end();
      open.phase = 'waiting';
      if (open.leave === leave) await Promise.race([open.begin.promise, whenAborted(leave.signal)]);
      // Worded otherwise, it is looked for again.
      if (open.leave === leave) return !leave.signal.aborted;
    }
  }

  async function answer(open: Open): Promise<void> {
    open.phase = 'granted';
    const grant = world.grant();
    await turn();
    const { job, leave, end } = open;
    open.phase = 'running';
    running.add(open);
    let made: Made | undefined;
    const generate = async (signal: AbortSignal) => {
      try {
        await run(signal);
      } finally {
        running.delete(open);
      }
    };
    const run = async (signal: AbortSignal) => {
      const prepared = await world.prepare(job, grant);
      const owners = [world.ownerOf(job)];
      const remember = await recall.reserve(job, grant, prepared);
      owners.push(world.ownerOf(job));
      made = oracle.begin(job, owners, grant.digest, prepared);
      const finished = await Promise.race([end.promise, whenAborted(signal)]);
      signal.throwIfAborted();
      oracle.end(made, finished === 'stop' ? 'whole' : 'cut');
      remember(answerOf(String(made.number), finished as Answer['finished']));
    };
    await flights
      .fly(job.id, leave.signal, generate, () => {})
      .catch(() => {
        if (made?.done === 'no' && !leave.signal.aborted) oracle.end(made, 'failed');
      });
    flights.leave(job.id);
  }

  function edit(open: Open): void {
    const { message } = open.job;
    const text = TEXTS.find((other) => other !== message.text) ?? '';
    if (open.phase === 'running') return;
    open.job = { ...open.job, message: { ...message, text } };
    // One that is just being begun keeps its model.
    if (open.phase === 'granted') return;
    const { leave } = open;
    open.leave = new AbortController();
    leave.abort();
  }

  async function change(step: Step): Promise<void> {
    world.change(step);
    if (step.do === 'clear-memory') await cache.clear('memory');
    if (step.do === 'clear') {
      oracle.clear();
      await world.epochs.raise(EVERYTHING);
      await cache.clear();
    }
    if (step.do === 'forget') {
      const address = { platform: 'web', chat: step.chat };
      oracle.forget(step.person, step.chat);
      await world.epochs.raise(epochOfChat(address));
      await world.epochs.raise(epochOfPerson(address, step.person));
    }
    if (step.do === 'invalidate') {
      const job = jobFor(0, step.asked);
      const prepared = await world.prepare(job, world.grant());
      const named = await world.findKey(job, world.grant(), prepared);
      if (named) void recall.drop(named.key);
      oracle.drop(job, world.grant().digest, prepared);
    }
    await oracle.look();
  }

  function pick(step: Extract<Step, { which: number }>): Open | undefined {
    const waiting = () => opens.filter(({ phase }) => phase === 'waiting');
    const isForAll = step.do === 'stop' || step.do === 'edit';
    const among = isForAll ? opens : step.do === 'begin' ? waiting() : [...running];
    return among[step.which % Math.max(1, among.length)];
  }

  const asking: Promise<void>[] = [];
  const wrong: unknown[] = [];
  return {
    async take(step: Step): Promise<void> {
      oracle.tick();
      const one = 'which' in step ? pick(step) : undefined;
      if (step.do === 'ask') asking.push(ask(step.asked).catch((error: unknown) => void wrong.push(error)));
      else if (step.do === 'begin') one?.begin.resolve();
      else if (step.do === 'finish') one?.end.resolve('stop');
      else if (step.do === 'cut') one?.end.resolve('length');
      else if (step.do === 'fail') one?.end.reject(new Error('It broke off.'));
      else if (step.do === 'stop') one?.leave.abort(stoppedByPerson());
      else if (step.do === 'edit') one && edit(one);
      else if (step.do !== 'wait') await change(step);
      for (let turns = step.do === 'wait' ? TURNS : 0; turns > 0; turns -= 1) await turn();
    },
    /** Lets all of them end. Returns how many had an answer that was kept. */
    async end(): Promise<number> {
      let ended = false;
      const all = Promise.all(asking).then(() => {
        ended = true;
      });
      for (let turns = 0; !ended; turns += 1) {
        if (turns > MOST_TURNS) throw new Error('Somebody waits for ever.');
        for (const { begin } of opens) begin.resolve();
        for (const { end } of running) end.resolve('stop');
        await turn();
      }
      await all;
      await cache.settled();
      expect(wrong).toEqual([]);
      return counts.hits;
    },
  };
}

function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function answerOf(text: string, finished: Answer['finished']): Answer {
  const provenance = { model: GRANT.model, by: 'default', reason: '' } as const;
  const times = { promptTokens: 1, tokens: 1, seconds: 1, waitSeconds: 0 };
  return { text, from: 'local', provenance, finished, ...times };
}
