import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';

const USAGE = [
  '`/route How do I sort a list?` says which rule matches that question, and which model would answer it.',
  'No model is asked.',
].join(' ');

export const routeCommand: Command = {
  name: 'route',
  description: 'Say which model would answer a question',
  argument: { name: 'question' },
  who: 'everyone',
  async run({ front, address, argument }) {
    const text = argument.trim();
    if (text === '') return { markdown: USAGE };
    const { model, reason, rule, notice } = await front.wouldRoute(address, text);
    const why = rule === undefined ? codeSpan(reason) : `the rule ${codeSpan(rule)} matches`;
    const lines = [
      `${codeSpan(model)} would answer: ${why}.`,
      ...(notice === undefined ? [] : [codeSpan(notice)]),
    ];
    return { markdown: lines.join('\n\n') };
  },
};
