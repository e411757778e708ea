import { expect, it } from 'vitest';
import { jsonAnswer } from '../../demo/ollama/json-answer.ts';
import { simulateAnswer, splitTokens } from '../../demo/ollama/words.ts';

const turn = (role: string, content: string, images = 0) => ({ role, content, images });
const ask = (content: string, seed = '1') =>
  simulateAnswer({ model: 'qwen2.5:7b', turns: [turn('user', content)], seed });

it('says that it is simulated and quotes the question', () => {
  expect(ask('Why is the sky blue?')).toMatch(/^\(simulated qwen2.5:7b\) .*“Why is the sky blue\?”/);
});

it('is the same for the same request, and another with another seed, model or history', () => {
  const question = 'Why is the sky blue?';
  expect(ask(question)).toBe(ask(question));
  expect(ask(question, '2')).not.toBe(ask(question));
  expect(simulateAnswer({ model: 'other', turns: [turn('user', question)], seed: '1' })).not.toBe(
    ask(question),
  );
});

it('tells how many earlier turns and images it saw', () => {
  const turns = [turn('system', 's'), turn('user', 'a'), turn('assistant', 'b'), turn('user', 'look', 1)];
  const answer = simulateAnswer({ model: 'm', turns, seed: '1' });
  expect(answer).toContain('I have seen 2 earlier turns');
  expect(answer).toContain('You sent 1 image.');
});

it.each([
  ['write a python function', '```python'],
  ['draw a mermaid diagram', '```mermaid'],
  ['give me a list of ideas', '\n- '],
])('%s: has %j in it', (question, part) => {
  expect(ask(question)).toContain(part);
});

it('has 40 to 160 words, whatever it is asked', () => {
  for (let seed = 0; seed < 300; seed += 1) {
    for (const question of ['hi', '', 'list the code steps of a very long question about databases']) {
      const words = ask(question, String(seed)).split(/\s+/).length;
      expect(words).toBeGreaterThanOrEqual(40);
      expect(words).toBeLessThanOrEqual(160);
    }
  }
});

it('splits into tokens that join to the text', () => {
  const text = 'a  longerthaneight\n\nüñí 😀😀 end ';
  expect(splitTokens(text).join('')).toBe(text);
  expect(splitTokens('')).toEqual([]);
});

it('writes JSON where that is asked for', () => {
  expect(JSON.parse(jsonAnswer('json', 'x') ?? '')).toEqual({ simulated: true, answer: 'x' });
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      age: { type: 'integer', minimum: 18 },
      tags: { type: 'array', items: { enum: ['red', 'blue'] } },
    },
  };
  expect(JSON.parse(jsonAnswer(schema, 'x') ?? '')).toEqual({ name: 'x', age: 18, tags: ['red'] });
  expect(jsonAnswer(undefined, 'x')).toBeUndefined();
});
