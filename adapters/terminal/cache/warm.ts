import type { Unkept } from '../../../src/cache/counters.ts';
import { describeUnkept } from '../../../src/chat/describe-cache.ts';
import { type Failure, OstlerError } from '../../../src/errors.ts';
import type { CacheStats } from '../../../src/stats/cache-stats.ts';
import { ask } from '../chat/ask.ts';
import { EXIT } from '../exit.ts';
import { type Reach, reaching } from '../reach.ts';
import type { Screen } from '../screen.ts';
import { showError } from '../show.ts';
import type { WarmQuestion } from './read-questions.ts';
import { stay } from './stay.ts';
import { doneOf, type WarmView } from './warm-view.ts';

/** After so many new answers of which none was kept, the others would not be either. */
const ENOUGH_FOR_NOTHING = 3;

/**
 * Asks each question on its own, one after the other, so that what is asked meanwhile goes first; what is in the
 * cache costs nothing. Whoever leaves goes on later with the same questions. Returns the exit code: only where all
 * answers are kept, that of success. `screen` shows why nothing was asked at all.
 */
export async function warm(
  questions: readonly WarmQuestion[],
  reach: Reach,
  view: WarmView,
  screen: Screen,
  interrupted: AbortSignal,
): Promise<number> {
  const staying = stay(reach);
  const tally = { questions: questions.length, hits: 0, new: 0, unkept: 0, failed: 0 };
  const whys: Unkept[] = [];
  /** Why what is kept is lost when this command ends; empty: it is not. */
  const lostAtEnd = () =>
    reaching(staying.reach, async ({ client, own }) => whyLost(await client.cacheStats(interrupted), own));
  try {
    const before = await lostAtEnd();
    if (before !== '')
      throw new OstlerError(`Nothing would be kept: ${before}.`, { code: 'bad_config', hint: KEEP });
    let code: number = EXIT.answered;
    for (const [at, { question, model }] of questions.entries()) {
      view.progress(tally, '');
      const watched = watch((words) => view.progress(tally, words));
      const asked = {
        text: question,
        images: [],
        background: true as const,
        ...(model !== undefined && { model }),
      };
      const ended = await ask(asked, staying.reach, watched.screen, interrupted);
      const { kind, failure, why } = watched.end();
      if (failure && ended !== EXIT.interrupted) view.failed(at + 1, question, failure);
      if (ended === EXIT.interrupted || ended === EXIT.unreachable) {
        code = ended;
        break;
      }
      tally[kind] += 1;
      if (why) whys.push(why);
      if (tally.unkept === ENOUGH_FOR_NOTHING && tally.new + tally.hits === 0) break;
    }
    const left = questions.length - doneOf(tally);
    const after = tally.new > 0 && code === EXIT.answered ? await lostAtEnd() : '';
    const note = noteOf({ whys, isEnded: left > 0 && code === EXIT.answered, after });
    view.end({ ...tally, left, ...(note !== '' && { note }) });
    return code || (tally.failed > 0 || note !== '' ? EXIT.failed : EXIT.answered);
  } catch (error) {
    return showError(error, screen, interrupted);
  } finally {
    await staying.close();
  }
}

const KEEP = 'Set response_cache.enabled: true, and response_cache.l2.backend to sqlite or redis.';

/** `own`: nobody but this command has the memory of the cache. */
function whyLost({ enabled, l2 }: CacheStats, own: boolean): string {
  if (!enabled) return 'the response cache is off';
  if (!own) return '';
  if (l2 === null)
    return 'without a bot that runs, answers are kept in the second tier only, and there is none';
  return l2.state === 'ready'
    ? ''
    : `${l2.backend} is ${l2.state}${l2.detail === '' ? '' : ` (${l2.detail})`}`;
}

type Doubts = { readonly whys: readonly Unkept[]; readonly isEnded: boolean; readonly after: string };

/** What its person should know of answers that are not kept, in a sentence; empty: nothing. */
function noteOf({ whys, isEnded, after }: Doubts): string {
  if (isEnded) return `The answers are not kept, so it was ended: ${describeUnkept(whys)}.`;
  if (after !== '') return `What is new may be lost: ${after}.`;
  return whys.length === 0 ? '' : `Some answers are not kept: ${describeUnkept(whys)}.`;
}

type End = {
  readonly kind: 'hits' | 'new' | 'unkept' | 'failed';
  readonly failure?: Failure;
  readonly why?: Unkept;
};

/** Sees how one question ends. */
function watch(progress: (words: string) => void): { readonly screen: Screen; end(): End } {
  let end: End = { kind: 'failed' };
  const nothing = () => {};
  const screen: Screen = {
    begin: nothing,
    thinking: nothing,
    text: nothing,
    restart: nothing,
    saying: nothing,
    said: nothing,
    progress,
    answer({ from, unkept }) {
      if (unkept) end = { kind: 'unkept', why: unkept };
      else end = { kind: from === 'cache' ? 'hits' : 'new' };
    },
    failure(failure) {
      end = { kind: 'failed', failure };
    },
  };
  return { screen, end: () => end };
}
