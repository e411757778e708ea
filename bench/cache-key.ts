import { createHash, hash } from 'node:crypto';
import { createKeyOf, type Keyed } from '../src/cache/key.ts';
import type { Turn } from '../src/ports/generate.ts';
import { atMost, type Report } from './bench.ts';
import { compare, timed } from './compare-runs.ts';

const CALLS = 20;
/** 11 KB together. */
const MESSAGES = 20;
const QUESTION = 150;
const ANSWER = 950;
/** One such character makes two bytes of every character in memory: answers of models nearly always have some. */
const TYPOGRAPHY = ' — “yes” 🙂';

/** The key of a conversation, against one SHA-256 that is fed with the same texts and nothing else. */
export async function measureKey(): Promise<Report> {
  const keyOf = createKeyOf('the bench');
  const fresh = () => keyedWith(conversation(WRITTEN));
  const frozen = () => keyedWith(conversation(WRITTEN).map((turn) => Object.freeze(turn)));
  const ascii = () => keyedWith(conversation(PLAIN));
  const remembered = frozen();

  const cold = compare(timed(CALLS, fresh, keyOf), timed(CALLS, fresh, bareSha256));
  const memoised = compare(
    timed(CALLS, () => remembered, keyOf),
    timed(CALLS, () => remembered, bareSha256),
  );
  const first = compare(timed(CALLS, frozen, keyOf), timed(CALLS, frozen, bareSha256));
  const plain = compare(timed(CALLS, ascii, keyOf), timed(CALLS, ascii, bareSha256));
  return {
    targets: [
      atMost('key of 20 messages, cold, against bare SHA-256', cold.ratio, 'times', 1.3),
      atMost('key of 20 messages, memoised, against bare SHA-256', memoised.ratio, 'times', 0.3),
    ],
    figures: [
      { name: 'key, cold', figure: (cold.oneMs * 1e3) / CALLS, unit: 'µs' },
      { name: 'key, memoised', figure: (memoised.oneMs * 1e3) / CALLS, unit: 'µs' },
      { name: 'bare SHA-256', figure: (cold.otherMs * 1e3) / CALLS, unit: 'µs' },
      { name: 'key, cold and to be remembered, against bare SHA-256', figure: first.ratio, unit: 'times' },
      { name: 'key, cold, of nothing but ASCII, against bare SHA-256', figure: plain.ratio, unit: 'times' },
    ],
  };
}

function conversation(texts: readonly string[]): Turn[] {
  return texts.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content }));
}

/** Nothing but the texts, as they lie. */
function bareSha256({ request }: Keyed): string {
  const sha256 = createHash('sha256');
  for (const { content } of request.turns) sha256.update(content);
  return sha256.digest('hex');
}

function keyedWith(turns: readonly Turn[]): Keyed {
  const options = { temperature: 0.3, num_ctx: 8192, num_predict: 1024, seed: 1, top_p: 0.9 };
  return {
    request: { model: 'qwen2.5:7b', turns, options, keepAlive: '5m' },
    digest: DIGEST,
    scope: { kind: 'user', id: 'telegram:4242' },
    epochs: [1, 2, 3],
  };
}

const DIGEST = hash('sha256', 'a model');

/** Questions and answers in turn. */
const PLAIN = Array.from({ length: MESSAGES }, (_, at) => textOf(at, at % 2 === 0 ? QUESTION : ANSWER));
const WRITTEN = PLAIN.map((text, at) => (at % 2 === 0 ? text : whole(text + TYPOGRAPHY)));

function textOf(seed: number, length: number): string {
  const words = hash('sha512', String(seed), 'base64').replaceAll('/', ' ');
  return whole(words.repeat(Math.ceil(length / words.length)).slice(0, length));
}

/** The same text in one piece, as it comes from a socket or a file. */
function whole(text: string): string {
  return Buffer.from(text).toString();
}
