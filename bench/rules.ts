import { configSchema } from '../src/config/schema.ts';
import { compilePattern } from '../src/path/pattern.ts';
import { route } from '../src/path/route.ts';
import { makeSnapshot } from '../src/path/snapshot.ts';
import { atMost, type RunBench } from './bench.ts';
import { median } from './statistics.ts';

/** Half of what is matched at most, and all of it: the text is cut at 2,000 characters. */
const SHORT = 1_000;
const LONG = 2_000;
const SAMPLES = 15;
/** Texts of each length: an engine that remembers a text it has seen must not look fast. */
const TEXTS = 20;
/** One sample matches until so much time has passed, so that the clock can be read. */
const SAMPLE_MS = 4;
const RULES = 50;
/** Each further letter doubles what JavaScript's own RegExp takes. */
const JS_LETTERS = 24;

/**
 * Patterns that make a backtracking engine take for ever, and a text for each that does not match. The last
 * ones also defeat an automaton that is built while matching: nearly every letter leads to a new state.
 */
const NASTY: readonly { readonly pattern: string; readonly text: (length: number) => string }[] = [
  { pattern: '^(a+)+$', text: (length) => `${'a'.repeat(length - 1)}!` },
  { pattern: '^(a|aa)+$', text: (length) => `${'a'.repeat(length - 1)}!` },
  { pattern: '^(a|a?)+$', text: (length) => `${'a'.repeat(length - 1)}!` },
  { pattern: '(x+x+)+y', text: (length) => 'x'.repeat(length) },
  { pattern: '(.*)(.*)(.*)(.*)[^a-z ]$', text: (length) => 'word '.repeat(length / 5) },
  { pattern: '^([a-z]+ ?)+[0-9]$', text: (length) => 'word '.repeat(length / 5) },
  { pattern: 'a{0,100}a{100}b', text: (length) => 'a'.repeat(length) },
  { pattern: '(\\w+\\s*)*:', text: (length) => 'word '.repeat(length / 5) },
  { pattern: '[ab]*a[ab]{12}c', text: randomLetters },
  { pattern: '(a|b)*a(a|b){60}c', text: randomLetters },
  { pattern: '.*a.{30}c.{30}d', text: randomLetters },
  { pattern: '(.{0,30}a){1,10}c', text: randomLetters },
];

const WORDS = ['code', 'image', 'translate', 'recipe', 'poem', 'taxes', 'travel', 'music', 'garden', 'law'];

export const run: RunBench = async (_, say) => {
  const measured = NASTY.map(({ pattern, text }) => {
    const { matches } = compilePattern(pattern);
    const next = (length: number) => {
      const texts = Array.from({ length: TEXTS }, () => text(length));
      let at = 0;
      return () => matches(texts[at++ % TEXTS] ?? '');
    };
    const [shortMs, longMs] = interleaved(next(SHORT), next(LONG));
    const growth = longMs / shortMs;
    say(`${pattern}: ${(longMs * 1_000).toFixed(0)} µs for ${LONG} characters, ×${growth.toFixed(2)}`);
    return { growth, longMs };
  });

  const rules = Array.from({ length: RULES }, (_, at) => ({
    pattern: `\\b(${WORDS[at % WORDS.length]}|word${at})s?\\b.{0,${10 + at}}(please|now)`,
    model: `model-${at % 5}`,
  }));
  const { routing } = makeSnapshot(configSchema.parse({ llm: { routing: { rules } } })).settings;
  const text = 'Nothing in this message is what any of the rules asks for. '.repeat(40).slice(0, LONG);
  const expressions = rules.map(({ pattern }) => new RegExp(pattern, 'is'));
  const [routeMs, jsMs] = interleaved(
    () => route({ text }, null, routing),
    () => expressions.map((expression) => expression.test(text)),
  );
  const nasty = NASTY[0]?.text(JS_LETTERS) ?? '';
  const began = performance.now();
  /^(a+)+$/is.test(nasty);
  const trappedMs = performance.now() - began;

  return {
    targets: [
      atMost(
        'time for twice the text, worst of the nasty patterns',
        Math.max(...measured.map(({ growth }) => growth)),
        'times',
        2.5,
      ),
    ],
    figures: [
      {
        name: `slowest nasty pattern on ${LONG} characters`,
        figure: Math.max(...measured.map(({ longMs }) => longMs)) * 1_000,
        unit: 'µs',
      },
      { name: `routing ${LONG} characters over ${RULES} rules`, figure: routeMs * 1_000, unit: 'µs' },
      { name: 'the same rules with JavaScript’s RegExp', figure: jsMs * 1_000, unit: 'µs' },
      { name: `RegExp with ^(a+)+$ on ${JS_LETTERS} characters`, figure: trappedMs * 1_000, unit: 'µs' },
    ],
  };
};

function randomLetters(length: number): string {
  return Array.from({ length }, () => (Math.random() < 0.5 ? 'a' : 'b')).join('');
}

/** Medians in milliseconds of both, measured in turn so that a busy moment meets both. */
function interleaved(one: () => unknown, other: () => unknown): readonly [number, number] {
  const samples: [number[], number[]] = [[], []];
  for (let sample = -3; sample < SAMPLES; sample += 1) {
    const measured = [timeOf(one), timeOf(other)] as const;
    // The first ones warm up.
    if (sample < 0) continue;
    samples[0].push(measured[0]);
    samples[1].push(measured[1]);
  }
  return [median(samples[0]), median(samples[1])];
}

function timeOf(work: () => unknown): number {
  const began = performance.now();
  let count = 0;
  do {
    work();
    count += 1;
  } while (performance.now() - began < SAMPLE_MS);
  return (performance.now() - began) / count;
}
