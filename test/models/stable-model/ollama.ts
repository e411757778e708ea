import { OstlerError } from '../../../src/errors.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { KeepAlive, ModelServer } from '../../../src/ports/models.ts';
import { createLoadLine, type LoadFate, type Model } from './load-line.ts';
import { createRequests } from './requests.ts';
import { createRunners, type Runner, type Who } from './runners.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const CONTEXT = 4_096;

export type AnswerFate = 'breaks' | 'refused' | 'out of memory';

/** What is asked of it by us, and what comes and goes, as it happens. */
export type Watch = {
  onLoad(tag: string): void;
  onLoadOver(tag: string, isLoaded: boolean): void;
  onUnload(tag: string): void;
  onAsk(tag: string, job: string): void;
  onKeep(tag: string): void;
  onAnswered(tag: string, job: string): void;
  onCame(runner: Runner, by: Who): void;
  onWent(runner: Runner, by: Who): void;
};

type Surroundings = {
  readonly clock: Clock;
  readonly models: readonly Model[];
  readonly totalBytes: number;
  readonly maxModels: number;
  readonly watch: Watch;
};

type Asked = {
  readonly tag: string;
  readonly job: string;
  readonly ms: number;
  readonly keepAlive: KeepAlive;
  readonly signal: AbortSignal;
};

/** An Ollama in memory, and the other clients that it has. */
export function fakeOllama({ clock, models, totalBytes, maxModels, watch }: Surroundings) {
  /** How the next loads and answers of ours end, and how long the next unloads take. */
  const fates = { load: [] as LoadFate[], answer: [] as AnswerFate[], unloadMs: [] as number[] };
  const deleted = new Set<string>();
  const everDeleted = new Set<string>();
  const installed = () => models.filter(({ tag }) => !deleted.has(tag));
  const runners = createRunners({
    clock,
    unloadMs: fates.unloadMs,
    onCame: watch.onCame,
    onWent: watch.onWent,
    onRoom: () => line.proceed(),
  });
  const line = createLoadLine({
    runners,
    find: (tag) => installed().find((model) => model.tag === tag),
    totalBytes,
    maxModels,
    fates: fates.load,
  });
  const { send, ask, die, fallSilent } = createRequests(clock);

  function unload(tag: string, by: Who): void {
    const runner = runners.get(tag);
    if (runner) runners.leave(runner, by);
  }

  /** Returns what ends it before its time. */
  function answer(runner: Runner, { ms }: Asked, give: () => void, fail: (error: OstlerError) => void) {
    const fate = fates.answer.shift();
    runner.busy += 1;
    let isDone = false;
    const done = () => {
      if (isDone) return;
      isDone = true;
      runners.release(runner);
    };
    clock.after(fate ? ms / 2 : ms, () => {
      if (isDone) return;
      done();
      if (!fate) return give();
      if (fate === 'out of memory') for (const { tag } of runners.all()) unload(tag, 'ollama');
      fail(brokenOff(fate));
    });
    return done;
  }

  const server: ModelServer = {
    version: (signal) => ask(signal, () => '0.33.0'),
    list: (signal) =>
      ask(signal, () =>
        installed().map(({ tag, fileBytes }) => ({
          tag,
          digest: `sha-${tag}`,
          sizeBytes: fileBytes,
          modifiedAt: '',
          capabilities: ['completion'],
        })),
      ),
    show: (_, signal) => ask(signal, () => ({ capabilities: ['completion'], parameters: {} })),
    loaded: (signal) =>
      ask(signal, () =>
        runners.all().map(({ tag, bytes, expiresAt }) => ({
          tag,
          digest: `sha-${tag}`,
          sizeBytes: bytes,
          vramBytes: Math.min(bytes, totalBytes),
          expiresAt: Number.isFinite(expiresAt) ? clock.wall() - clock.now() + expiresAt : null,
          contextLength: CONTEXT,
        })),
      ),
    async load(tag, { keepAlive }, signal) {
      const asked = { tag, by: 'us', keepAliveMs: inMs(keepAlive) } as const;
      let isLoaded = false;
      watch.onLoad(tag);
      try {
        await send<void>(signal, (give, fail) =>
          line.request({ ...asked, onGranted: () => give(), onFailed: fail }),
        );
        isLoaded = true;
      } finally {
        watch.onLoadOver(tag, isLoaded);
      }
    },
    async keep(tag, { keepAlive }, signal) {
      watch.onKeep(tag);
      const asked = { tag, by: 'us', keepAliveMs: inMs(keepAlive) } as const;
      await send<void>(signal, (give, fail) =>
        line.request({ ...asked, onGranted: () => give(), onFailed: fail }),
      );
    },
    unload(tag, signal) {
      watch.onUnload(tag);
      return ask(signal, () => unload(tag, 'us'));
    },
    pull: () => {
      throw new Error('Nobody pulls here.');
    },
  };

  return {
    server,
    fates,
    residents: runners.all,
    find: runners.get,

    /** Resolves with the answer's end. Throws as a Generate does. */
    async generate(question: Asked): Promise<void> {
      const { tag, job, keepAlive, signal } = question;
      watch.onAsk(tag, job);
      try {
        await send<void>(signal, (give, fail) => {
          let release = () => {};
          const onGranted = (runner: Runner) => {
            release = answer(runner, question, give, fail);
          };
          const asked = { tag, by: 'us', keepAliveMs: inMs(keepAlive) } as const;
          const takeBack = line.request({ ...asked, onGranted, onFailed: fail });
          return () => {
            takeBack();
            release();
          };
        });
      } finally {
        watch.onAnswered(tag, job);
      }
    },

    restart(ms: number): void {
      runners.die();
      line.die();
      die(ms);
    },
    fallSilent,

    /** Another client asks this model something. */
    askAsOther(tag: string, ms: number): void {
      const onGranted = (runner: Runner) => {
        runner.busy += 1;
        clock.after(ms, () => runners.release(runner));
      };
      line.request({ tag, by: 'other', onGranted, onFailed: () => {} });
    },
    unloadAsOther: (tag: string) => unload(tag, 'other'),

    delete(tag: string): void {
      deleted.add(tag);
      everDeleted.add(tag);
    },
    pull: (tag: string) => void deleted.delete(tag),
    /** Whether it was installed all the time. */
    isSteady: (tag: string) => !everDeleted.has(tag),
  };
}

function inMs(keepAlive: KeepAlive): number {
  if (typeof keepAlive === 'number') return keepAlive < 0 ? Number.POSITIVE_INFINITY : keepAlive * 1_000;
  const [, count = '', unit = ''] = /^(\d+)([smh])$/.exec(keepAlive) ?? [];
  return Number(count) * (UNIT_MS[unit] ?? Number.NaN);
}

function brokenOff(fate: AnswerFate): OstlerError {
  if (fate === 'refused') return new OstlerError('It does not.', { code: 'unsupported' });
  const code = fate === 'breaks' ? 'mid_stream' : 'out_of_memory';
  return new OstlerError('It broke off.', { code, retryable: true });
}
