import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';
import { describeSeconds } from './describe-amount.ts';
import type { Answer } from './exchange.ts';

/** Less is no time to people. */
const LEAST_SECONDS = 0.05;

export const whyCommand: Command = {
  name: 'why',
  description: 'Say why this model gave the last answer',
  who: 'everyone',
  async run({ front, address }) {
    const last = await front.last(address, 'answered');
    if (last?.outcome.kind !== 'answer') return { markdown: 'Nothing was answered here yet.' };
    return { markdown: explain(last.outcome.answer) };
  },
};

function explain(answer: Answer): string {
  const { provenance, seconds, waitSeconds, simulated } = answer;
  const { model, reason, notice } = provenance;
  const who = simulated ? 'gave the last answer (simulated)' : 'gave the last answer';
  return [
    `${codeSpan(model)} ${who}: ${codeSpan(reason)}.`,
    ...(notice === undefined ? [] : [codeSpan(notice)]),
    `It waited ${span(waitSeconds)} and took ${span(seconds)} in all${speedOf(answer)}.`,
  ].join('\n\n');
}

function span(seconds: number): string {
  return seconds < LEAST_SECONDS ? 'no time' : describeSeconds(seconds);
}

function speedOf({ from, tokens, seconds, waitSeconds }: Answer): string {
  const busySeconds = seconds - waitSeconds;
  if (from === 'cache' || tokens <= 1 || busySeconds <= 0) return '';
  return `: ${tokens} tokens, ${(tokens / busySeconds).toFixed(1)} tokens/s`;
}
