import { isSeq, parseDocument } from 'yaml';
import { z } from 'zod';
import { OstlerError } from '../../../src/errors.ts';

export type WarmQuestion = { readonly question: string; readonly model?: string };

const NO_QUESTION = 'must be a question, or an object with question and perhaps model';

const text = z.string(NO_QUESTION).trim().min(1, 'is empty');
const entry = z.preprocess(
  (value) => (typeof value === 'string' ? { question: value } : value),
  z.strictObject(
    { question: text, model: text.exactOptional() },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `has a key that is not known: ${issue.keys.join(', ')}`
          : NO_QUESTION,
    },
  ),
);

/**
 * The questions of a YAML list, or of a text with one in each line; there, what is empty or begins with # is left
 * out. Throws `bad_input`.
 */
export function readQuestions(name: string, content: string): readonly WarmQuestion[] {
  const document = parseDocument(content);
  const isList = document.errors.length === 0 && isSeq(document.contents);
  if (!isList && /\.ya?ml$/i.test(name)) throw noList(name, document.errors[0]?.message);
  const questions = isList ? fromList(name, document.toJS()) : fromLines(content);
  if (questions.length > 0) return questions;
  throw new OstlerError(`There is no question in ${name}.`, {
    code: 'bad_input',
    hint: 'Write one in each line, or a YAML list.',
  });
}

function fromLines(content: string): readonly WarmQuestion[] {
  return content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((question) => ({ question }));
}

function fromList(name: string, list: readonly unknown[]): readonly WarmQuestion[] {
  return list.map((value, at) => {
    const read = entry.safeParse(value);
    if (read.success) return read.data;
    throw new OstlerError(`${name}: entry ${at + 1} ${read.error.issues[0]?.message}.`, {
      code: 'bad_input',
      hint: 'Write it like "What is AI?" or {question: "What is AI?", model: fast}.',
    });
  });
}

function noList(name: string, why: string | undefined): OstlerError {
  return new OstlerError(`${name} is no YAML list of questions.`, {
    code: 'bad_input',
    hint: why ?? 'Begin each question with "- ", or name the file otherwise to have one in each line.',
  });
}
