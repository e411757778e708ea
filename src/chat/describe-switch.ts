import { type Failure, toFailure } from '../errors.ts';
import { insufficientMemory } from '../models/insufficient-memory.ts';
import type { SwitchEvent } from '../models/switching.ts';
import type { Never } from '../models/verdict.ts';
import { codeSpan } from './code-span.ts';
import type { Said } from './command.ts';
import { CANCEL_LOADS } from './command-conversation.ts';
import { describeSeconds } from './describe-amount.ts';
import { describeFailure } from './describe-answer.ts';
import { barOf, describeProgress } from './describe-progress.ts';
import { listed } from './describe-unload.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { choice } from './model-name.ts';

/** Less is no time to people. */
const LEAST_SECONDS = 0.05;

/** What is said of a load that somebody ordered: what happens, and how it ended. */
export function sayOfSwitch(event: SwitchEvent): Said {
  switch (event.type) {
    case 'progress': {
      const { progress } = event;
      const words = escapeMarkdown(describeProgress(progress));
      return { markdown: [words, barOf(progress)].filter(Boolean).join(' '), offer: CANCEL_LOADS };
    }
    case 'loaded': {
      const { model, already, seconds } = event;
      if (already) return { markdown: `${codeSpan(model)} was loaded already.` };
      const took = seconds < LEAST_SECONDS ? '' : ` (${describeSeconds(seconds)})`;
      return { markdown: `${codeSpan(model)} is loaded${took}.` };
    }
    case 'cancelled':
      return { markdown: paragraphs(whyCancelled(event), whatIsGone(event.gone)), undone: 'cancelled' };
    case 'failed': {
      const { model, failure, gone, never } = event;
      if (never) return sayNever(model, never, gone);
      return {
        markdown: paragraphs(`⚠️ ${codeSpan(model)} is not loaded.`, ...linesOf(failure), whatIsGone(gone)),
        undone: failure.code,
        offer: { command: 'load', choices: [{ value: model, label: '↻ Try again' }] },
      };
    }
  }
}

/**
 * Why a model cannot be loaded now, in figures too, and which one could be. `model`: its tag; `gone`: what had left
 * the memory for it.
 */
export function sayNever(model: string, verdict: Never, gone: readonly string[] = []): Said {
  const [why = '', ...more] = linesOf(toFailure(insufficientMemory(model, verdict)));
  const { smaller } = verdict;
  return {
    markdown: paragraphs(`⚠️ ${why}`, ...more, whatIsGone(gone)),
    undone: 'insufficient_memory',
    ...(smaller && {
      offer: { command: 'load', choices: [choice(smaller.tag, `Load ${smaller.tag}`)] },
    }),
  };
}

function linesOf(failure: Failure): readonly string[] {
  return describeFailure(failure).split('\n').map(escapeMarkdown);
}

function whyCancelled({ model, replacedBy }: Extract<SwitchEvent, { type: 'cancelled' }>): string {
  const name = codeSpan(model);
  if (replacedBy === undefined) return `⏹ The load of ${name} was stopped.`;
  if (replacedBy === model) return `${name} was ordered once more.`;
  return `⏹ ${name} is not loaded: ${codeSpan(replacedBy)} was ordered instead.`;
}

/** What had to leave for it, and when it comes back. */
function whatIsGone(gone: readonly string[]): string {
  if (gone.length === 0) return '';
  const comes = gone.length === 1 ? 'it is loaded again' : 'they are loaded again';
  return `${listed(gone.map(codeSpan))} had left the memory by then; ${comes} when nobody else needs the room.`;
}

function paragraphs(...parts: readonly string[]): string {
  return parts.filter(Boolean).join('\n\n');
}
