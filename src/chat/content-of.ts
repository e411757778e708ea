import type { Question } from './exchange.ts';
import { oneLine } from './one-line.ts';

const LONGEST_NAME = 64;
const NOBODY = 'Someone';
/** Who wrote what is told by colons, and by what looks like one, and quotes by `>`. */
const MARKS = /[:：﹕︓ː˸꞉∶։׃>]/gu;
/** How a front calls the assistant, and how the assistant is addressed. */
const ASSISTANT = 'you';
const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

/**
 * What the model reads for a question: in a group who speaks, and before it what it replies to. A direct,
 * plain question is its text.
 */
export function contentOf({ text, kind, person, quoted, forwardedFrom }: Question): string {
  const own = forwardedFrom === undefined ? text : asQuote(`Forwarded from ${nameOf(forwardedFrom)}:`, text);
  const said = kind === 'group' ? `${nameOf(person.name)}:${own && ` ${own}`}` : own;
  if (quoted === undefined || quoted.text.trim() === '') return said;
  const writer = quoted.from === ASSISTANT ? 'You' : nameOf(quoted.from);
  return `${asQuote(`${writer} wrote:`, quoted.text)}\n\n${said}`;
}

function asQuote(heading: string, text: string): string {
  if (text === '') return heading;
  return [heading, ...text.split(LINE_END).map((line) => (line === '' ? '>' : `> ${line}`))].join('\n');
}

/** People choose their names: none may look like several lines, like another speaker or like the assistant. */
function nameOf(name: string | undefined): string {
  const plain = oneLine((name ?? '').replace(MARKS, ' '), LONGEST_NAME);
  if (plain === '') return NOBODY;
  return plain.toLowerCase() === ASSISTANT ? `“${plain}”` : plain;
}
