import type { Stable } from '../../../src/models/stable.ts';
import { createJobChecks } from './job-checks.ts';
import { createLoadBound } from './load-bound.ts';
import type { Machine } from './machine.ts';
import type { fakeOllama, Watch } from './ollama.ts';
import { createServerChecks } from './server-checks.ts';
import type { VirtualTime } from './virtual-time.ts';
import { createWanted } from './wanted.ts';

type Surroundings = {
  readonly time: VirtualTime;
  readonly machine: Machine;
  readonly ollama: () => Pick<ReturnType<typeof fakeOllama>, 'residents' | 'find' | 'isSteady'>;
  readonly stable: () => Pick<Stable, 'view' | 'intentions'>;
};

/** Writes down what happens, and what of it must not. */
export function createChecks({ time: clock, machine, ollama, stable }: Surroundings) {
  const { models, settings, knownBytes } = machine;
  const log: string[] = [];
  const mistakes: string[] = [];
  const note = (what: string) => void log.push(`${(clock.now() / 1_000).toFixed(3)} ${what}`);
  const wrong = (what: string) => {
    note(`WRONG: ${what}`);
    mistakes.push(what);
  };
  const isSteady = (tag: string) => ollama().isSteady(tag);
  const isThere = (tag: string) => ollama().find(tag) !== undefined;
  const coming = () =>
    stable()
      .view()
      .models.flatMap(({ tag, state, running }) =>
        // One that is asked and was pushed out comes back by itself: nothing makes room for it.
        state === 'loading' && running === 0 ? [tag] : [],
      );

  const jobs = createJobChecks({ clock, wrong, isSteady });
  const bound = createLoadBound({
    clock,
    wrong,
    questions: jobs.open,
    models: models.length,
    isSteady,
    isThere,
    readyAt: (tag) =>
      stable()
        .view()
        .models.find((model) => model.tag === tag)?.readyAt ?? 0,
    hasRoomForOne:
      settings.policy.maxModels === 1 && settings.stay.pinned.length + settings.stay.preserved.length === 0,
  });
  const server = createServerChecks({
    clock,
    wrong,
    residents: () => ollama().residents(),
    bytesOf: (tag) => models.find((model) => model.tag === tag)?.bytes ?? 0,
    totalBytes: knownBytes,
    maxModels: settings.policy.maxModels,
    slots: settings.parallel,
    keeps(tag) {
      if (stable().intentions.pinned().includes(tag)) return 'pinned';
      return settings.stay.preserved.includes(tag) ? 'preserved' : 'free';
    },
    isSteady,
    unloadsIdle: settings.policy.unloadIdle,
    coming,
  });
  const wanted = createWanted({ clock, wrong, machine, jobs, isSteady, isThere, coming, stable });
  let beganAt = 0;

  const watch: Watch = {
    onLoad(tag) {
      note(`load ${tag}`);
      beganAt = clock.now();
      server.onLoad(tag);
      wanted.onLoad(tag);
    },
    onLoadOver(tag, isLoaded) {
      note(`${isLoaded ? 'loaded' : 'not loaded'} ${tag}`);
      server.onLoadOver(isLoaded);
      wanted.onLoadOver(tag, isLoaded);
      if (isLoaded) bound.onLoaded(tag, beganAt);
      else bound.disturb();
    },
    onUnload(tag) {
      note(`unload ${tag}`);
      wanted.onUnload(tag, server.onUnload(tag));
    },
    onKeep: server.onKeep,
    onAsk(tag, job) {
      note(`${job} asks ${tag}`);
      server.onAsk(tag);
      wanted.onAsk(tag);
      bound.onAsk(job, tag);
      jobs.onAsk(job, tag);
    },
    onAnswered(tag, job) {
      note(`${job} asked ${tag}`);
      server.onAnswered(tag);
      jobs.onAnswered(job);
    },
    onCame(runner, by) {
      note(`${runner.tag} came for ${by}`);
      server.onCame(runner, by);
      if (by !== 'us') bound.disturb();
    },
    onWent(runner, by) {
      note(`${runner.tag} went for ${by}`);
      server.onWent(runner, by);
      wanted.onWent(runner.tag);
      bound.onWent(runner.tag);
      if (by !== 'us') bound.disturb();
    },
  };

  return {
    log,
    mistakes,
    note,
    wrong,
    jobs,
    bound,
    server,
    wanted,
    watch,
    /** A load is over that did not end well, as the stable sees it. */
    onAbandoned: wanted.onAbandoned,
    onFailed(tag: string): void {
      wanted.onFailed(tag);
      wanted.onAbandoned(tag);
      server.onFailed(tag);
      jobs.onFailed(tag);
    },
  };
}
