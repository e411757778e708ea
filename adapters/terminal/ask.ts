import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Outcome } from '../../src/chat/exchange.ts';
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
  const limit = timeoutSeconds === undefined ? undefined : AbortSignal.timeout(timeoutSeconds * 1_000);
  const leave = AbortSignal.any([interrupted, ...(limit ? [limit] : [])]);
  try {
    return await persist(leave, async () => {
      const reached = await reach();
      try {
        return await askOnce(reached, place, message, screen, leave);
      } finally {
        await reached.close();
      }
    });
  } catch (error) {
    if (!leave.aborted) return fail(toFailure(error), screen);
    if (interrupted.aborted) return EXIT.interrupted;
    fail({ code: 'cancelled', message: `Not answered within ${timeoutSeconds} s.` }, screen);
    return EXIT.stopped;
  }
}

async function askOnce(
  { client, own }: Reached,
  chat: string,
  message: Outgoing,
  screen: Screen,
  leave: AbortSignal,
): Promise<number> {
  const { simulated } = await client.status();
  const receipt = await client.send(chat, message);
  if (receipt.kind === 'refused') throw new OstlerError(receipt.failure.message, receipt.failure);
  try {
    const outcome = await follow(client, chat, receipt.job, screen, { leave, own });
    return show(outcome, screen, simulated);
  } catch (error) {
    const ends = leave.aborted || error instanceof OstlerError;
    if (ends) await client.stop(chat, receipt.job).catch(() => {});
    throw error;
  }
}

/** Tries again while the connection is lost; what the bot itself refuses is final. */
async function persist<T>(leave: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  const givesUpAt = performance.now() + RECONNECT_FOR_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const final = error instanceof OstlerError && error.code !== 'stopping';
      if (final || leave.aborted || performance.now() > givesUpAt) throw error;
      await pause(RECONNECT_PAUSE_MS, undefined, { signal: leave });
    }
  }
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
        if (!away) clearTimeout(timer);
        else if (own) timer ??= setTimeout(() => outOfPatience.abort(), PATIENCE_WITH_OLLAMA_MS);
        screen.progress(event.progress);
      } else if (event.type === 'text') screen.text(event.text);
      else if (event.type === 'thinking') screen.thinking();
      else if (event.type === 'restart') screen.restart();
    }
  } catch (error) {
    if (!outOfPatience.signal.aborted) throw error;
    const { ollama } = await client.status();
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

/** What `--json` prints of an answer. */
export function toJson({ text, provenance, from, seconds }: Answer, simulated: boolean) {
  const rule = provenance.rule ?? null;
  return {
    answer: text,
    model: provenance.model,
    rule,
    source: from,
    seconds,
    ...(simulated && { simulated }),
  };
}
