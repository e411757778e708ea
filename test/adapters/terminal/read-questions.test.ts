import { describe, expect, it } from 'vitest';
import { readQuestions } from '../../../adapters/terminal/cache/read-questions.ts';

const plain = (...questions: readonly string[]) => questions.map((question) => ({ question }));

describe('questions that are asked ahead', () => {
  it.each([
    [
      'a line each',
      'faq.txt',
      'What is AI?\r\n\n  # later\nWhat: is it? \n',
      plain('What is AI?', 'What: is it?'),
    ],
    ['one line', 'stdin', 'What is AI?', plain('What is AI?')],
    ['lines that look a little like YAML', 'faq', '[1] one?\n{2} two?', plain('[1] one?', '{2} two?')],
    ['a YAML list', 'faq.yaml', '- What is AI?\n- "two: three?"\n', plain('What is AI?', 'two: three?')],
    ['a YAML list from stdin', 'stdin', '- one?\n- two?\n', plain('one?', 'two?')],
    [
      'objects',
      'faq.yml',
      '- { question: one?, model: fast }\n- question: |\n    two\n    lines?\n',
      [{ question: 'one?', model: 'fast' }, { question: 'two\nlines?' }],
    ],
  ])('are read from %s', (_, name, content, questions) => {
    expect(readQuestions(name, content)).toEqual(questions);
  });

  it.each([
    ['nothing', 'faq.txt', '\n# only this\n', 'There is no question in faq.txt.'],
    ['an empty list', 'stdin', '[]', 'There is no question in stdin.'],
    ['a YAML file that is no list', 'faq.yaml', 'question: one?', 'faq.yaml is no YAML list of questions.'],
    ['a YAML file that is broken', 'faq.yaml', '- "one', 'faq.yaml is no YAML list of questions.'],
    ['a number', 'faq.yaml', '- one?\n- 7\n', 'faq.yaml: entry 2 must be a question'],
    [
      'an unknown key',
      'faq.yaml',
      '- { question: one?, modle: x }',
      'faq.yaml: entry 1 has a key that is not known: modle.',
    ],
    ['an empty question', 'faq.yaml', '- " "', 'faq.yaml: entry 1 is empty.'],
  ])('are refused: %s', (_, name, content, words) => {
    expect(() => readQuestions(name, content)).toThrow(
      expect.objectContaining({ code: 'bad_input', message: expect.stringContaining(words) }),
    );
  });
});
