import { describeBypassed } from '../../../src/chat/describe-cache.ts';
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
 * cache costs nothing. Whoever leaves goes on later with the same questions. Returns the exit code. `screen` shows
 * why nothing was asked at all.
 */
export async function warm(
  questions: readonly WarmQuestion[],
  reach: Reach,
  view: WarmView,
  screen: Screen,
  interrupted: AbortSignal,
): Promise<number> {
  const staying = stay(reach);
  const statsNow = () => reaching(staying.reach, ({ client }) => client.cacheStats(interrupted));
  const tally = { questions: questions.length, hits: 0, new: 0, failed: 0 };
  try {
    const before = await statsNow();
    requireOn(before);
    let code: number = EXIT.answered;
    let notKept = '';
    for (const [at, { question, model }] of questions.entries()) {
      view.progress(tally, '');
      const watched = watch((words) => view.progress(tally, words));
      const asked = { text: question, images: [], ...(model !== undefined && { model }) };
      const ended = await ask(asked, staying.reach, watched.screen, interrupted);
      const { kind, failure } = watched.end();
      if (failure && ended !== EXIT.interrupted) view.failed(at + 1, question, failure);
      if (ended === EXIT.interrupted || ended === EXIT.unreachable) {
        code = ended;
        break;
      }
      tally[kind] += 1;
      if (kind !== 'new' || tally.new !== ENOUGH_FOR_NOTHING) continue;
      notKept = whyNotKept(before, await statsNow(), tally.new);
      if (notKept !== '') break;
    }
    view.end({
      ...tally,
      left: questions.length - doneOf(tally),
      ...(notKept !== '' && { note: `The answers are not kept, so it was ended: ${notKept}.` }),
    });
    return code || (tally.failed > 0 || notKept !== '' ? EXIT.failed : EXIT.answered);
  } catch (error) {
    return showError(error, screen, interrupted);
  } finally {
    await staying.close();
  }
}

function requireOn({ enabled }: CacheStats): void {
  if (enabled) return;
  throw new OstlerError('The response cache is off: nothing would be kept.', {
    code: 'bad_config',
    hint: 'Set response_cache.enabled: true.',
  });
}

/** Why none of so many new answers was kept; empty: some were. */
function whyNotKept(before: CacheStats, now: CacheStats, made: number): string {
  const { refresh: _, ...bypassed } = now.bypassed;
  const whys = Object.entries(bypassed).map(
    ([why, count]) => [why, count - before.bypassed[why as keyof typeof bypassed]] as const,
  );
  const all = whys.reduce((sum, [, count]) => sum + count, 0);
  return all < made
    ? ''
    : describeBypassed({ ...Object.fromEntries(whys), refresh: 0 } as typeof now.bypassed);
}

type End = { readonly kind: 'hits' | 'new' | 'failed'; readonly failure?: Failure };

/** Sees how one question ends. */
function watch(progress: (words: string) => void): { readonly screen: Screen; end(): End } {
  let end: End = { kind: 'failed' };
  const nothing = () => {};
  const screen: Screen = {
    begin: nothing,
    thinking: nothing,
    text: nothing,
    restart: nothing,
    said: nothing,
    progress,
    answer({ from }) {
      end = { kind: from === 'cache' ? 'hits' : 'new' };
    },
    failure(failure) {
      end = { kind: 'failed', failure };
    },
  };
  return { screen, end: () => end };
}
