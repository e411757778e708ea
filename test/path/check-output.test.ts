import { expect, it } from 'vitest';
import { checkOutput } from '../../src/path/check-output.ts';

const PERSON = { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] };

it.each([
  ['words', '', undefined],
  ['{"a": 1}', '', 'json'],
  ['{"age": 3}', '', PERSON],
] as const)('%j is an answer', (text, thinking, format) => {
  expect(() => checkOutput(text, thinking, format)).not.toThrow();
});

it.each([
  [' \n', '', undefined, 'The model answered with nothing.'],
  ['', 'hm', undefined, 'The model only thought and never answered.'],
  ['{"a": ', '', 'json', 'The answer is not the JSON that was asked for.'],
  ['{"age": "three"}', '', PERSON, 'The answer does not follow its format.'],
] as const)('%j is not', (text, thinking, format, message) => {
  expect(() => checkOutput(text, thinking, format)).toThrow(
    expect.objectContaining({ code: 'invalid_output', message, retryable: true }),
  );
});
