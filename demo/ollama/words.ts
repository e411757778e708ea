import { createHash } from 'node:crypto';
import { type Random, seeded } from './seeded.ts';

const FEWEST_WORDS = 40;
const MOST_WORDS = 160;
const QUOTED_WORDS = 10;
/** Of a long question only the beginning is looked at. */
const READ_CHARACTERS = 10_000;
const MOST_THOUGHTS = 4;

/** One turn as an answer sees it. */
export type SeenTurn = { readonly role: string; readonly content: string; readonly images: number };

export type AnswerRequest = {
  readonly model: string;
  readonly turns: readonly SeenTurn[];
  /** Everything else that may vary an answer. */
  readonly seed: string;
};

export type Answer = (request: AnswerRequest) => string;

const SENTENCES = [
  'A real model would think about %s here; this one only shows how the answer travels.',
  'The short version: start with %s, look at what it costs, and keep what proves useful.',
  'Most people find that %s matters less than doing it regularly.',
  'If %s is new to you, begin with one small example and change one thing at a time.',
  'There are two sides to %s: what it promises and what it asks of you in return.',
  'It helps to write down what you expect of %s before you try it.',
  'Nothing about %s has to be decided today, and a first attempt is easily undone.',
  'When %s does not behave, the simplest explanation is usually the right one.',
  'Compare %s with what you already know; the differences are the interesting part.',
  'In the end %s is a trade between time, memory and patience.',
] as const;

const POINTS = [
  'say what **%s** is for',
  'try %s with a small case',
  'measure before and after',
  'ask somebody who uses %s every day',
  'keep the result where you find it again',
  'drop what nobody missed',
] as const;

const CODE: readonly { when: RegExp; block: string }[] = [
  {
    when: /mermaid|diagram|flow ?chart/i,
    block: '```mermaid\ngraph TD\n  question --> model\n  model --> answer\n```',
  },
  { when: /\bhtml\b|web ?page/i, block: '```html\n<main>\n  <h1>Simulated</h1>\n</main>\n```' },
  { when: /\bsql\b|database query/i, block: '```sql\nSELECT name FROM models ORDER BY name;\n```' },
  {
    when: /typescript|javascript|\bnode\b/i,
    block: '```typescript\nexport function double(value: number): number {\n  return value * 2;\n}\n```',
  },
  {
    when: /\bcode\b|function|script|implement|python|regex|program|refactor|\bbug\b/i,
    block: '```python\ndef double(value):\n    """Simulated, but it runs."""\n    return value * 2\n```',
  },
];

const WANTS_LIST = /\blist\b|steps|ideas|ways|compare|tips|plan\b/i;

/** The same request gives the same text: 40–160 words that say they are simulated, with some Markdown. */
export const simulateAnswer: Answer = (request) => {
  const random = createRandom(request);
  const question = lastQuestion(request.turns);
  const topic = topicOf(question, random);
  const pick = createPick(random, topic);
  const target = FEWEST_WORDS + random() * (MOST_WORDS - FEWEST_WORDS) * 0.6;
  const code = CODE.find(({ when }) => when.test(question));
  const parts = [
    `(simulated ${request.model.replace(/:latest$/, '')}) ${seen(request.turns)} ${quote(question)}`,
  ];
  if (code) parts.push(`Here is a sketch:\n\n${code.block}`);
  if (WANTS_LIST.test(question) || random() < 0.2) {
    const points = Array.from({ length: 3 }, () => `- ${pick(POINTS)}`);
    parts.push(`A few points:\n\n${[...new Set(points)].join('\n')}`);
  }
  let sentences: string[] = [];
  while (countWords([...parts, ...sentences].join(' ')) < target) {
    sentences = [...sentences, pick(SENTENCES)];
  }
  return [...parts, sentences.join(' ')].filter(Boolean).join('\n\n');
};

/** What a thinking model says before its answer. */
export function simulateThoughts(request: AnswerRequest): string {
  const random = createRandom({ ...request, seed: `thoughts ${request.seed}` });
  const pick = createPick(random, topicOf(lastQuestion(request.turns), random));
  const count = 1 + Math.floor(random() * MOST_THOUGHTS);
  return `(simulated thoughts) ${Array.from({ length: count }, () => pick(SENTENCES)).join(' ')}`;
}

/** A token is at most eight letters, with the space before it; joined they are the text. */
export function splitTokens(text: string): readonly string[] {
  return text.match(/\s*\S{1,8}|\s+$/gu) ?? [];
}

function seen(turns: readonly SeenTurn[]): string {
  const spoken = turns.filter(({ role }) => role === 'user' || role === 'assistant');
  const earlier = Math.max(0, spoken.length - 1);
  const images = turns.at(-1)?.images ?? 0;
  const history =
    earlier === 0
      ? 'This is the first turn that I see.'
      : `I have seen ${earlier} earlier turn${earlier === 1 ? '' : 's'} of this conversation.`;
  return images === 0 ? history : `${history} You sent ${images} image${images === 1 ? '' : 's'}.`;
}

function quote(question: string): string {
  const words = question.trim().split(/\s+/).slice(0, QUOTED_WORDS);
  const whole = words.join(' ').length === question.trim().length;
  return question.trim() === ''
    ? 'You asked nothing.'
    : `You wrote: “${words.join(' ')}${whole ? '' : ' …'}”`;
}

function lastQuestion(turns: readonly SeenTurn[]): string {
  const turn = turns.findLast(({ role }) => role === 'user') ?? turns.at(-1);
  return turn?.content.slice(0, READ_CHARACTERS) ?? '';
}

function topicOf(question: string, random: Random): string {
  const words = [...new Set(question.toLowerCase().match(/\p{L}{5,24}/gu) ?? [])];
  return words[Math.floor(random() * words.length)] ?? 'this';
}

function createPick(random: Random, topic: string) {
  let left: readonly string[] = [];
  return (from: readonly string[]): string => {
    left = left.filter((text) => from.includes(text));
    if (left.length === 0) left = from;
    const text = left[Math.floor(random() * left.length)] ?? '';
    left = left.filter((other) => other !== text);
    return text.replace('%s', () => topic);
  };
}

function countWords(text: string): number {
  return text.split(/\s+/).length;
}

/** Numbers that everything decides that may vary the text. */
function createRandom({ model, turns, seed }: AnswerRequest): Random {
  const digest = createHash('sha256')
    .update(JSON.stringify([model, turns, seed]))
    .digest();
  return seeded(digest.readUInt32LE(0));
}
