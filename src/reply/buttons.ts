import { type Choice, choiceId } from '../chat/command.ts';
import type { Outcome } from '../chat/exchange.ts';
import { oneLine } from '../chat/one-line.ts';
import type { UnloadAnswer, UnloadQuestion } from '../chat/progress.ts';
import type { Buttons } from './messages.ts';

/** What a button of ours asks for. Its data fits into 64 bytes whatever models are called. */
export type Press =
  | { readonly kind: 'stop' | 'again' | 'again-with' | 'edit'; readonly job: string }
  /** Whether models may leave the memory. */
  | { readonly kind: 'unload'; readonly job: string; readonly answer: UnloadAnswer }
  /** `id`: of the model that shall answer this time. */
  | { readonly kind: 'again-of'; readonly job: string; readonly id: string }
  | { readonly kind: 'choice'; readonly command: string; readonly id: string };

const LONGEST_TEXT = 64;
const JOB_ACTIONS = {
  s: 'stop',
  a: 'again',
  w: 'again-with',
  e: 'edit',
} as const;
const JOB_DATA = /^([sawe]):(j[0-9a-f]{31})$/;
const UNLOAD_CHOICES = { y: 'switch', r: 'resident' } as const;
const UNLOAD_DATA = /^([yr]):(j[0-9a-f]{31}):([0-9a-f]{1,16})$/;
const AGAIN_OF_DATA = /^o:(j[0-9a-f]{31}):([0-9a-f]{1,16})$/;
const CHOICE_DATA = /^c:([a-z]{1,20}):([0-9a-f]{1,16})$/;

export function stopButton(job: string): Buttons {
  return [[{ text: '⏹ Stop', data: `s:${job}` }]];
}

/** Below the question whether another model may leave the memory for this one. */
export function unloadButtons(job: string, { id, resident }: UnloadQuestion): Buttons {
  const instead = { text: oneLine(`Answer with ${resident}`, LONGEST_TEXT), data: `r:${job}:${id}` };
  return [
    [{ text: 'Switch', data: `y:${job}:${id}` }],
    ...(resident === '' ? [] : [[instead]]),
    [{ text: 'Cancel', data: `s:${job}` }],
  ];
}

export function editButton(job: string): Buttons {
  return [[{ text: '↻ Answer the edited question', data: `e:${job}` }]];
}

/** `belowAnswers`: also below what was answered or stopped; what comes from the cache can be asked afresh everywhere. */
export function endingButtons(job: string, outcome: Outcome, belowAnswers: boolean): Buttons | undefined {
  const isCached = outcome.kind === 'answer' && outcome.answer.from === 'cache';
  if (isCached && !belowAnswers) return [[{ text: '↻ Ask afresh', data: `a:${job}` }]];
  if (outcome.kind !== 'failure' && !belowAnswers) return undefined;
  return [
    [
      { text: '↻ Retry', data: `a:${job}` },
      { text: '↻ Retry with…', data: `w:${job}` },
    ],
  ];
}

/** The models of which a question may be asked again. */
export function againButtonsFor(job: string, choices: readonly Choice[]): Buttons {
  return choices.map(({ value, label }) => [{ text: label, data: `o:${job}:${choiceId(value)}` }]);
}

export function choiceButtons(command: string, choices: readonly Choice[]): Buttons {
  return choices.map(({ value, label }) => [{ text: label, data: `c:${command}:${choiceId(value)}` }]);
}

/** Undefined for what none of our buttons says. */
export function readPress(data: string): Press | undefined {
  const [, action, job] = JOB_DATA.exec(data) ?? [];
  if (action && job) return { kind: JOB_ACTIONS[action as keyof typeof JOB_ACTIONS], job };
  const [, answer, asked, question] = UNLOAD_DATA.exec(data) ?? [];
  if (answer && asked && question) {
    const choice = UNLOAD_CHOICES[answer as keyof typeof UNLOAD_CHOICES];
    return { kind: 'unload', job: asked, answer: { choice, question } };
  }
  const [, again, model] = AGAIN_OF_DATA.exec(data) ?? [];
  if (again && model) return { kind: 'again-of', job: again, id: model };
  const [, command, id] = CHOICE_DATA.exec(data) ?? [];
  return command && id ? { kind: 'choice', command, id } : undefined;
}
