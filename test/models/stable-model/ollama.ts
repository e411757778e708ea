import { OstlerError } from '../../../src/errors.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { KeepAlive, ModelServer } from '../../../src/ports/models.ts';
import { createRunners, type LoadFate, type Model, type Runner, type Who } from './runners.ts';

const ANSWERS_MS = 2;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const CONTEXT = 4_096;
/** What is said of a request that was under way when the server ended. */
export const CLOSED = 'Closed.';

export type AnswerFate = 'breaks' | 'refused' | 'out of memory';

/** What is asked of it by us, and what comes and goes, as it happens. */
export type Watch = {
  onLoad(tag: string): void;
  onLoadOver(tag: string, isLoaded: boolean): void;
  onUnload(tag: string): void;
  onAsk(tag: string, job: string): void;
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
  const loadFates: LoadFate[] = [];
  const answerFates: AnswerFate[] = [];
  const unloadMs: number[] = [];
  const installed = () => models.filter(({ tag }) => !deleted.has(tag));
  const runners = createRunners({
    clock,
    find: (tag) => installed().find((model) => model.tag === tag),
    totalBytes,
    maxModels,
    loadFates,
    unloadMs,
    onCame: watch.onCame,
    onWent: watch.onWent,
  });
  /** What breaks off when the server dies. */
  const open = new Set<(error: OstlerError) => void>();
  const deleted = new Set<string>();
  const everDeleted = new Set<string>();
  let awayUntil = 0;
  let silentUntil = 0;

  /** One request, from its being sent to its answer; `begin` returns what takes it back. */
  function request<T>(
    signal: AbortSignal,
    begin: (answer: (value: T) => void, fail: (error: OstlerError) => void) => (() => void) | undefined,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let takeBack: (() => void) | undefined;
      let isOver = false;
      const over = (end: () => void) => {
        if (isOver) return;
        isOver = true;
        open.delete(breakOff);
        signal.removeEventListener('abort', abort);
        end();
      };
      const giveUp = (reason: unknown) =>
        over(() => {
          takeBack?.();
          reject(reason);
        });
      const breakOff = (error: OstlerError) => giveUp(error);
      const abort = () => giveUp(signal.reason);
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', abort);
      open.add(breakOff);
      clock.after(ANSWERS_MS, () => {
        if (isOver || silentUntil > clock.now()) return;
        if (awayUntil > clock.now()) return breakOff(unreachable());
        const later = (end: () => void) => void clock.after(ANSWERS_MS, () => over(end));
        takeBack = begin(
          (value) => later(() => resolve(value)),
          (error) => later(() => reject(error)),
        );
      });
    });
  }

  /** A short request, answered by what holds when it arrives. */
  const ask = <T>(signal: AbortSignal, answer: () => T) =>
    request<T>(signal, (give) => {
      give(answer());
      return undefined;
    });

  function answer(runner: Runner, { ms }: Asked, give: () => void, fail: (error: OstlerError) => void) {
    const fate = answerFates.shift();
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
      if (fate === 'out of memory') for (const { tag } of runners.all()) runners.unload(tag, 'ollama');
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
      let isLoaded = false;
      watch.onLoad(tag);
      try {
        await request<void>(signal, (give, fail) =>
          runners.request({
            tag,
            by: 'us',
            keepAliveMs: inMs(keepAlive),
            onGranted: () => give(),
            onFailed: fail,
          }),
        );
        isLoaded = true;
      } finally {
        watch.onLoadOver(tag, isLoaded);
      }
    },
    unload(tag, signal) {
      watch.onUnload(tag);
      return ask(signal, () => runners.unload(tag, 'us'));
    },
    pull: () => {
      throw new Error('Nobody pulls here.');
    },
  };

  return {
    server,
    loadFates,
    answerFates,
    unloadMs,
    residents: runners.all,
    find: runners.get,

    /** Resolves with the answer's end. Throws as a Generate does. */
    async generate(asked: Asked): Promise<void> {
      const { tag, job, keepAlive, signal } = asked;
      watch.onAsk(tag, job);
      try {
        await request<void>(signal, (give, fail) => {
          let release = () => {};
          const takeBack = runners.request({
            tag,
            by: 'us',
            keepAliveMs: inMs(keepAlive),
            onFailed: fail,
            onGranted: (runner) => {
              release = answer(runner, asked, give, fail);
            },
          });
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
      awayUntil = clock.now() + ms;
      const broken = [...open];
      open.clear();
      runners.die(closed);
      for (const breakOff of broken) breakOff(closed());
    },

    /** It takes requests and answers none of them. */
    fallSilent: (ms: number) => {
      silentUntil = clock.now() + ms;
    },

    /** Another client asks this model something. */
    askAsOther(tag: string, ms: number): void {
      runners.request({
        tag,
        by: 'other',
        onFailed: () => {},
        onGranted(runner) {
          runner.busy += 1;
          clock.after(ms, () => runners.release(runner));
        },
      });
    },
    /** Whether it was there all the time. */
    isSteady: (tag: string) => !everDeleted.has(tag),
    delete(tag: string): void {
      deleted.add(tag);
      everDeleted.add(tag);
    },
    pull: (tag: string) => void deleted.delete(tag),
    unloadAsOther: (tag: string) => runners.unload(tag, 'other'),
  };
}

function inMs(keepAlive: KeepAlive): number {
  if (typeof keepAlive === 'number') return keepAlive < 0 ? Number.POSITIVE_INFINITY : keepAlive * 1_000;
  const [, count = '', unit = ''] = /^(\d+)([smh])$/.exec(keepAlive) ?? [];
  return Number(count) * (UNIT_MS[unit] ?? Number.NaN);
}

const unreachable = () => new OstlerError('Not there.', { code: 'unreachable', retryable: true });
const closed = () => new OstlerError(CLOSED, { code: 'server_error', retryable: true });

function brokenOff(fate: AnswerFate): OstlerError {
  if (fate === 'refused') return new OstlerError('It does not.', { code: 'unsupported' });
  const code = fate === 'breaks' ? 'mid_stream' : 'out_of_memory';
  return new OstlerError('It broke off.', { code, retryable: true });
}
