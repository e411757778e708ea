import type { Failure } from '../errors.ts';
import { describeRoom, describeSeconds, describeWait } from './describe-amount.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import type { Answer, Outcome, Provenance } from './exchange.ts';
import { oneLine } from './one-line.ts';

const SOURCES: Readonly<Record<Answer['from'], string>> = { local: '🏠', cloud: '☁️', cache: '⚡' };
const LONGEST_RULE = 32;
const ENDS: Readonly<Record<Answer['finished'], readonly string[]>> = {
  stop: [],
  length: ['The model stopped at its longest answer: it may be incomplete.'],
  other: ['The model did not say that it had finished: the answer may be incomplete.'],
};
const STOPPED = '⏹ Stopped.';

/** What stands below an answer's text, or in its place. Plain text, also where the text is Markdown. */
export function describeEnding(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answer':
      return [...describeNotices(outcome.answer), describeProvenance(outcome.answer)].join('\n');
    case 'failure':
      return describeFailure(outcome.failure);
    case 'cancelled':
      return STOPPED;
  }
}

/** Who answered, why, how fast, and whether a real model did. */
export function describeProvenance(answer: Answer): string {
  const { from, provenance, seconds, simulated } = answer;
  const facts = [
    `${SOURCES[from]} ${provenance.model}`,
    describeChoice(provenance),
    describeAge(answer),
    describeSeconds(seconds),
    describeSpeed(answer),
    simulated ? 'simulated' : '',
  ];
  return facts.filter(Boolean).join(' · ');
}

/** What the person did not ask for and should be told, each in a sentence. */
export function describeNotices({ provenance, finished }: Answer): readonly string[] {
  const { notice, slow } = provenance;
  return [notice, slow, ...ENDS[finished]].filter((one) => one !== undefined);
}

/** Why there is no answer, with the figures of the memory where it lacks, then what to do about it: a line each. */
export function describeFailure({ code, message, hint, room }: Failure): string {
  // What nobody foresaw may name files and hosts: a chat is not the place for it.
  const advice = code === 'internal' ? 'The log says more.' : hint;
  return [message, room && describeRoom(room), advice].filter(Boolean).join('\n');
}

/** The same as paragraphs of Markdown. */
export function failureParagraphs(failure: Failure): readonly string[] {
  return describeFailure(failure).split('\n').map(escapeMarkdown);
}

function describeChoice({ by, rule }: Provenance): string {
  switch (by) {
    case 'rule':
      return rule === undefined ? 'by a rule' : `rule “${oneLine(rule, LONGEST_RULE)}”`;
    case 'choice':
      return 'chosen for this chat';
    case 'message':
      return 'asked for this question';
    case 'default':
      return 'default';
  }
}

function describeAge({ from, ageSeconds = 0 }: Answer): string {
  if (from !== 'cache') return '';
  return ageSeconds < 1
    ? 'the answer to an equal question'
    : `from the cache, ${describeWait(ageSeconds)} old`;
}

function describeSpeed({ from, tokens, seconds, waitSeconds }: Answer): string {
  const busySeconds = seconds - waitSeconds;
  if (from === 'cache' || tokens <= 1 || busySeconds <= 0) return '';
  const speed = tokens / busySeconds;
  return `${speed < 10 ? speed.toFixed(1) : Math.round(speed)}\u00a0tok/s`;
}
