import { expect, test } from 'vitest';
import {
  describeEnding,
  describeFailure,
  describeNotices,
  describeProvenance,
} from '../../src/chat/describe-answer.ts';
import type { Answer, Provenance } from '../../src/chat/exchange.ts';
import type { Failure } from '../../src/errors.ts';

function answerWith(change: Partial<Answer>, why: Partial<Provenance> = {}): Answer {
  return {
    text: 'Hello.',
    from: 'local',
    provenance: { model: 'm', by: 'default', reason: 'r', ...why },
    finished: 'stop',
    promptTokens: 5,
    tokens: 80,
    seconds: 5,
    waitSeconds: 1,
    ...change,
  };
}

const answers: readonly [Partial<Answer>, Partial<Provenance>, string][] = [
  [{}, { by: 'default' }, '🏠 m · default · 5.0 s · 20 tok/s'],
  [{}, { by: 'choice' }, '🏠 m · chosen for this chat · 5.0 s · 20 tok/s'],
  [{}, { by: 'message' }, '🏠 m · asked for this question · 5.0 s · 20 tok/s'],
  [{}, { by: 'rule' }, '🏠 m · by a rule · 5.0 s · 20 tok/s'],
  [{}, { by: 'rule', rule: 'x'.repeat(32) }, `🏠 m · rule “${'x'.repeat(32)}” · 5.0 s · 20 tok/s`],
  [{}, { by: 'rule', rule: 'x'.repeat(50) }, `🏠 m · rule “${'x'.repeat(31)}…” · 5.0 s · 20 tok/s`],
  [{}, { by: 'rule', rule: 'a\n\u202eb' }, '🏠 m · rule “a b” · 5.0 s · 20 tok/s'],
  [{ tokens: 10 }, {}, '🏠 m · default · 5.0 s · 2.5 tok/s'],
  [{ tokens: 0 }, {}, '🏠 m · default · 5.0 s'],
  [{ seconds: 61, waitSeconds: 61 }, {}, '🏠 m · default · 1 min 1 s'],
  [{ seconds: 119.8, waitSeconds: 119.8 }, {}, '🏠 m · default · 2 min 0 s'],
  [{ from: 'cloud' }, {}, '☁️ m · default · 5.0 s · 20 tok/s'],
  [{ from: 'cache', seconds: 0.01 }, {}, '⚡ m · default · the answer to an equal question · at once'],
  [{ simulated: true }, {}, '🏠 m · default · 5.0 s · 20 tok/s · simulated'],
  [
    { from: 'cache', seconds: 0, simulated: true },
    {},
    '⚡ m · default · the answer to an equal question · at once · simulated',
  ],
];

test.each(answers)('an answer with %j by %j says where it is from', (change, why, words) => {
  expect(describeProvenance(answerWith(change, why)).replaceAll('\u00a0', ' ')).toBe(words);
});

test('what the person should be told of an answer stands above where it is from', () => {
  const answer = answerWith(
    { finished: 'length' },
    { notice: 'a is not installed, so m answers.', slow: 'm is slow.' },
  );
  expect(describeNotices(answer)).toEqual([
    'a is not installed, so m answers.',
    'm is slow.',
    'The model stopped at its longest answer: it may be incomplete.',
  ]);
  const lines = describeEnding({ kind: 'answer', answer }).split('\n');
  expect(lines).toEqual([...describeNotices(answer), describeProvenance(answer)]);
});

const failures: readonly [Failure, string][] = [
  [{ code: 'busy', message: 'Too much.' }, 'Too much.'],
  [{ code: 'not_installed', message: 'No a.', hint: 'ollama pull a' }, 'No a.\nollama pull a'],
  [
    {
      code: 'insufficient_memory',
      message: 'a is too large.',
      hint: 'Take b.',
      room: { requiredBytes: 20e9, availableBytes: 6e9 },
    },
    'a is too large.\nRequired: 20.0 GB · available: 6.0 GB · can be freed: not known\nTake b.',
  ],
  [{ code: 'internal', message: 'Broken.', hint: 'ENOENT /srv/secret' }, 'Broken.\nThe log says more.'],
];

test.each(failures)('the failure %j tells what happened and what to do', (failure, words) => {
  expect(describeFailure(failure)).toBe(words);
  expect(describeEnding({ kind: 'failure', failure })).toBe(words);
});

test('a stopped answer says so', () => {
  expect(describeEnding({ kind: 'cancelled', text: 'Half of' })).toBe('⏹ Stopped.');
});
