import { toFailure } from '../errors.ts';
import { type Displaced, NOBODY } from '../models/displaced.ts';
import { insufficientMemory } from '../models/insufficient-memory.ts';
import type { SwitchEvent } from '../models/switching.ts';
import type { Never } from '../models/verdict.ts';
import { codeSpan } from './code-span.ts';
import type { Said } from './command.ts';
import { CANCEL_LOADS } from './command-conversation.ts';
import { describeSeconds } from './describe-amount.ts';
import { failureParagraphs } from './describe-answer.ts';
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
      const markdown = [words, barOf(progress)].filter(Boolean).join(' ');
      return { markdown, offer: CANCEL_LOADS, waits: describeProgress(progress) };
    }
    case 'loaded': {
      const { model, already, seconds } = event;
      if (already) return { markdown: `${codeSpan(model)} was loaded already.` };
      const took = seconds < LEAST_SECONDS ? '' : ` (${describeSeconds(seconds)})`;
      return { markdown: `${codeSpan(model)} is loaded${took}.` };
    }
    case 'cancelled':
      return { markdown: paragraphs(whyCancelled(event), ...whatWasDone(event)), undone: 'cancelled' };
    case 'failed': {
      const { model, failure, never } = event;
      if (never) return sayNever(model, never, event);
      return {
        markdown: paragraphs(
          `⚠️ ${codeSpan(model)} is not loaded.`,
          ...failureParagraphs(failure),
          ...whatWasDone(event),
        ),
        undone: failure.code,
        offer: { command: 'load', choices: [{ value: model, label: '↻ Try again' }] },
      };
    }
  }
}

/**
 * Why a model cannot be loaded now, in figures too, and which one could be. `model`: its tag; `displaced`: what had
 * made room for it.
 */
export function sayNever(model: string, verdict: Never, displaced: Displaced = NOBODY): Said {
  const [why = '', ...more] = failureParagraphs(toFailure(insufficientMemory(model, verdict)));
  const { smaller } = verdict;
  return {
    markdown: paragraphs(`⚠️ ${why}`, ...more, ...whatWasDone(displaced)),
    undone: 'insufficient_memory',
    ...(smaller && {
      offer: { command: 'load', choices: [choice(smaller.tag, `Load ${smaller.tag}`)] },
    }),
  };
}

function whyCancelled({ model, replacedBy, goesOn }: Extract<SwitchEvent, { type: 'cancelled' }>): string {
  const name = codeSpan(model);
  if (replacedBy === model) return `${name} was ordered once more.`;
  const instead = replacedBy !== undefined && `${codeSpan(replacedBy)} was ordered instead`;
  if (goesOn)
    return `⏹ ${instead || `Your order of ${name} was taken back`}; ${name} is loaded all the same, for others.`;
  return instead ? `⏹ ${name} is not loaded: ${instead}.` : `⏹ The load of ${name} was stopped.`;
}

/** Who had to make room for it, and when they come back. */
function whatWasDone({
  gone,
  leaving,
  goesOn = false,
}: Displaced & { readonly goesOn?: boolean }): readonly string[] {
  return [
    describeRoomMade(gone, goesOn ? 'left the memory for it' : 'had left the memory by then', goesOn),
    describeRoomMade(leaving, 'had been told to leave the memory, which cannot be taken back', goesOn),
  ];
}

function describeRoomMade(models: readonly string[], what: string, goesOn: boolean): string {
  if (models.length === 0) return '';
  const comes = models.length === 1 ? 'it is loaded again' : 'they are loaded again';
  const after = goesOn ? '' : `; ${comes} when nobody else needs the room`;
  return `${listed(models.map(codeSpan))} ${what}${after}.`;
}

function paragraphs(...parts: readonly string[]): string {
  return parts.filter(Boolean).join('\n\n');
}
