import { OstlerError } from '../errors.ts';
import type { Turn } from '../ports/generate.ts';
import { contentOf } from './content-of.ts';
import type { Exchange } from './exchange.ts';

/** Of the context, this share stays free: characters per token are learned, not known. */
const RESERVE = 0.1;
/** The largest share of a context that is kept free for an answer whose length nobody limited. */
const ANSWER_SHARE = 0.25;
const ANSWER_TOKENS = 1_024;
/** What a template adds to each turn, and what a picture costs. In tokens. */
const TURN_TOKENS = 8;
const IMAGE_TOKENS = 768;

type Room = {
  readonly contextTokens: number;
  readonly charactersPerToken: number;
  /** The longest answer in tokens; undefined or negative: no limit. */
  readonly numPredict: number | undefined;
};

export type Assembled = {
  readonly turns: readonly Turn[];
  readonly characters: number;
  readonly dropped: number;
};

/**
 * What is sent to the model: the system prompt, as many of the latest exchanges as fit, the question.
 * Throws `too_long` where the question alone does not fit.
 */
export function assemble(
  system: string,
  history: readonly Exchange[],
  question: Turn,
  room: Room,
): Assembled {
  const cost = (turn: Turn) =>
    turn.content.length / room.charactersPerToken + TURN_TOKENS + IMAGE_TOKENS * (turn.images?.length ?? 0);
  const opening: Turn[] = system === '' ? [] : [{ role: 'system', content: system }];
  const fixed = sum([...opening, question], cost);
  if (fixed > room.contextTokens) {
    throw new OstlerError('That is too long for this model.', {
      code: 'too_long',
      hint: `About ${Math.round(fixed)} tokens, and its context holds ${room.contextTokens}: send less, or raise num_ctx.`,
    });
  }
  let left = room.contextTokens * (1 - RESERVE) - answerTokens(room) - fixed;
  const pairs = history.flatMap(toPair);
  const kept: Turn[][] = [];
  for (const pair of pairs.toReversed()) {
    left -= sum(pair, cost);
    if (left < 0) break;
    kept.unshift(pair);
  }
  const turns = [...opening, ...kept.flat(), question];
  return {
    turns,
    characters: sum(turns, (turn) => turn.content.length),
    dropped: pairs.length - kept.length,
  };
}

function answerTokens({ contextTokens, numPredict }: Room): number {
  if (numPredict !== undefined && numPredict >= 0) return numPredict;
  return Math.min(ANSWER_TOKENS, contextTokens * ANSWER_SHARE);
}

/** Models see questions that were answered, each with its answer. */
function toPair({ question, outcome }: Exchange): Turn[][] {
  if (outcome.kind === 'failure' || question.standalone) return [];
  const text = outcome.kind === 'answer' ? outcome.answer.text : outcome.text;
  if (text === '') return [];
  return [
    [
      { role: 'user', content: contentOf(question) },
      { role: 'assistant', content: text },
    ],
  ];
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
