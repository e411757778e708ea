import type { Store } from '../ports/store.ts';

/** Before anything is learned: few characters for a token, so that too little is sent rather than too much. */
const FIRST_GUESS = 3;
const LEARNING_RATE = 0.2;
/** Shorter prompts are mostly template and say little about the language. */
const MIN_CHARACTERS = 200;
const PLAUSIBLE = { min: 0.5, max: 12 };

/** Characters per token, learned for each model from what Ollama counted. */
export type TokenLength = {
  of(digest: string): Promise<number>;
  learn(digest: string, characters: number, promptTokens: number): Promise<void>;
};

export function createTokenLength(store: Store): TokenLength {
  const key = (digest: string) => `characters-per-token:${digest}`;
  const number = (value: unknown) => (typeof value === 'number' ? value : FIRST_GUESS);

  return {
    async of(digest) {
      return number(await store.get(key(digest)));
    },

    async learn(digest, characters, promptTokens) {
      const seen = characters / promptTokens;
      if (characters < MIN_CHARACTERS || !(seen > PLAUSIBLE.min && seen < PLAUSIBLE.max)) return;
      await store.update(key(digest), (old) => number(old) + LEARNING_RATE * (seen - number(old)));
    },
  };
}
