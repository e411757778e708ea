import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome } from '../../src/chat/exchange.ts';
import { type Failure, OstlerError, toFailure } from '../../src/errors.ts';
import type { Client, Outgoing } from './client.ts';
import type { Screen } from './screen.ts';

/** Exit codes for scripts. */
export const EXIT = {
  answered: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  stopped: 4,
  interrupted: 130,
} as const;

/** A bot that restarts is back within seconds; its queue has kept the question. */
const RECONNECT_FOR_MS = 60_000;
const RECONNECT_PAUSE_MS = 250;
/** A bot that hangs must not keep somebody who wants to leave. */
const PARTING_MS = 2_000;
/** Timers know no longer wait. */
const LONGEST_MS = 2 ** 31 - 1;
/** Without a bot that would wait for it, an Ollama that is away ends the question. */
const PATIENCE_WITH_OLLAMA_MS = 5_000;

type Asked = {
  readonly text: string;
  readonly images: Outgoing['images'];
  readonly model?: string;
  /** Continues this conversation; left out: the question stands alone. */
  readonly chat?: string;
  readonly timeoutSeconds?: number;
};

/** A bot that was found running, or one within this process. */
export type Reached = { readonly client: Client; readonly own: boolean; close(): Promise<void> };

/**
 * Asks one question and shows the answer as it grows. `interrupted` stops it at the bot, as does its time
 * limit. Survives a restart of the bot: the question is sent again under the same id, to whoever `reach`
 * finds then. Returns the exit code.
 */
export async function ask(
  { text, images, model, chat, timeoutSeconds }: Asked,
  reach: () => Promise<Reached>,
  screen: Screen,
  interrupted: AbortSignal,
): Promise<number> {
  const place = chat ?? `ask-${randomUUID()}`;
  const named = model === undefined ? {} : { model };
  const message: Outgoing = { id: randomUUID(), text, images, ...named, standalone: chat === undefined };
  const leave = AbortSignal.any([
    interrupted,
    ...(timeoutSeconds === undefined ? [] : [after(timeoutSeconds)]),
  ]);
  try {
    return await persist(leave, async (connected) => {
      const reached = await reach();
      try {
        return await askOnce(reached, place, message, screen, { leave, connected });
      } finally {
        await reached.close();
      }
    });
  } catch (error) {
    if (!leave.aborted) return fail(toFailure(error), screen);
    const why = interrupted.aborted ? 'Interrupted.' : `Not answered within ${timeoutSeconds} s.`;
    fail({ code: 'cancelled', message: why }, screen);
    return interrupted.aborted ? EXIT.interrupted : EXIT.stopped;
  }
}

type Bearings = { readonly leave: AbortSignal; readonly connected: () => void };

async function askOnce(
  { client, own }: Reached,
  chat: string,
  message: Outgoing,
  screen: Screen,
  { leave, connected }: Bearings,
): Promise<number> {
  const { simulated } = await client.status(leave);
  const receipt = await client.send(chat, message, parting(leave));
  if (receipt.kind === 'refused') throw new OstlerError(receipt.failure.message, receipt.failure);
  connected();
  try {
    const outcome = await follow(client, chat, receipt.job, screen, { leave, own });
    return show(outcome, screen, simulated);
  } catch (error) {
    if (leave.aborted || isFinal(error)) {
      await client.stop(chat, receipt.job, AbortSignal.timeout(PARTING_MS)).catch(() => {});
    }
    throw error;
  }
}

/** Tries again while the connection is lost, for a minute after it last stood; what is refused is final. */
async function persist<T>(leave: AbortSignal, attempt: (connected: () => void) => Promise<T>): Promise<T> {
  let lostAt: number | undefined;
  for (;;) {
    try {
      return await attempt(() => {
        lostAt = undefined;
      });
    } catch (error) {
      lostAt ??= performance.now();
      const givesUp = performance.now() - lostAt > RECONNECT_FOR_MS;
      if (isFinal(error) || leave.aborted || givesUp) throw error;
      await pause(RECONNECT_PAUSE_MS, undefined, { signal: leave });
    }
  }
}

const isFinal = (error: unknown) => error instanceof OstlerError && error.code !== 'stopping';

const after = (seconds: number) => AbortSignal.timeout(Math.min(Math.ceil(seconds * 1_000), LONGEST_MS));

/** A moment after `leave`: what is being sent may arrive, so that it can be stopped by its name. */
function parting(leave: AbortSignal): AbortSignal {
  const over = new AbortController();
  const end = () => void setTimeout(() => over.abort(leave.reason), PARTING_MS).unref();
  if (leave.aborted) end();
  else leave.addEventListener('abort', end, { once: true });
  return over.signal;
}

async function follow(
  client: Client,
  chat: string,
  job: string,
  screen: Screen,
  { leave, own }: { leave: AbortSignal; own: boolean },
): Promise<Outcome> {
  const outOfPatience = new AbortController();
  const signal = AbortSignal.any([leave, outOfPatience.signal]);
  let timer: NodeJS.Timeout | undefined;
  screen.begin();
  try {
    for await (const event of client.events(chat, signal)) {
      if (event.type === 'entry' && event.id === job && event.entry.kind === 'exchange')
        return event.entry.outcome;
      if (!('job' in event) || event.job !== job) continue;
      if (event.type === 'progress') {
        const away = event.progress.stage === 'queued' && event.progress.waitsFor === 'ollama';
        if (!away) {
          clearTimeout(timer);
          timer = undefined;
        } else if (own) timer ??= setTimeout(() => outOfPatience.abort(), PATIENCE_WITH_OLLAMA_MS);
        screen.progress(event.words);
      } else if (event.type === 'text') screen.text(event.text);
      else if (event.type === 'thinking') screen.thinking();
      else if (event.type === 'restart') screen.restart();
    }
  } catch (error) {
    if (!outOfPatience.signal.aborted) throw error;
    const { ollama } = await client.status(leave);
    throw new OstlerError(ollama.detail, {
      code: 'unreachable',
      hint: 'Start Ollama, or set llm.base_url. A running bot (npm start) would keep the question and wait.',
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
  throw new Error('the connection to the bot ended');
}

function show(outcome: Outcome, screen: Screen, simulated: boolean): number {
  if (outcome.kind === 'answer') {
    screen.answer(outcome.answer, simulated);
    return EXIT.answered;
  }
  if (outcome.kind === 'failure') return fail(outcome.failure, screen);
  fail({ code: 'cancelled', message: 'The question was stopped.' }, screen);
  return EXIT.stopped;
}

function fail(failure: Failure, screen: Screen): number {
  screen.failure(failure);
  return failure.code === 'unreachable' ? EXIT.unreachable : EXIT.failed;
}
