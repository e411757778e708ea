import { type Choice, choiceId } from '../../src/chat/command.ts';
import type { Outcome } from '../../src/chat/exchange.ts';
import type { Keyboard } from './calls.ts';

/** What a button of ours asks for. Its data fits into Telegram's 64 bytes whatever models are called. */
export type Press =
  | { readonly kind: 'stop' | 'again' | 'edit'; readonly job: string }
  | { readonly kind: 'choice'; readonly command: string; readonly id: string };

const JOB_ACTIONS = { s: 'stop', a: 'again', e: 'edit' } as const;
const JOB_DATA = /^([sae]):(j[0-9a-f]{31})$/;
const CHOICE_DATA = /^c:([a-z]{1,20}):([0-9a-f]{1,16})$/;

export function stopButton(job: string): Keyboard {
  return [[{ text: '⏹ Stop', data: `s:${job}` }]];
}

export function editButton(job: string): Keyboard {
  return [[{ text: '↻ Answer the edited question', data: `e:${job}` }]];
}

export function endingButtons(job: string, outcome: Outcome): Keyboard | undefined {
  return outcome.kind === 'failure' ? [[{ text: '↻ Retry', data: `a:${job}` }]] : undefined;
}

export function choiceButtons(command: string, choices: readonly Choice[]): Keyboard {
  return choices.map(({ value, label }) => [{ text: label, data: `c:${command}:${choiceId(value)}` }]);
}

/** Undefined for what none of our buttons says. */
export function readPress(data: string): Press | undefined {
  const [, action, job] = JOB_DATA.exec(data) ?? [];
  if (action && job) return { kind: JOB_ACTIONS[action as keyof typeof JOB_ACTIONS], job };
  const [, command, id] = CHOICE_DATA.exec(data) ?? [];
  return command && id ? { kind: 'choice', command, id } : undefined;
}
