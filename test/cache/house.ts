import type { Ollama, OllamaOptions } from '../../demo/ollama/ollama.ts';
import type { Outcome } from '../../src/chat/exchange.ts';
import type { Message } from '../../src/chat/message.ts';
import { simulatedOllama, type TestOstler, temporaryFolder, testOstler } from '../servers/ostler.ts';

export const MODEL = 'qwen2.5:7b';
export const ALONE = { standalone: true } as const;
export const HERE = { platform: 'web', chat: 'one' };

type Behind = OllamaOptions & {
  /** The address under which Ostler finds that Ollama. */
  readonly through?: (url: string) => Promise<{ readonly url: string }>;
};

/** An Ostler that keeps answers, and an Ollama that repeats the question. */
export async function cachingHouse(
  input: Record<string, unknown> = {},
  { through, ...options }: Behind = {},
) {
  const ollama = await simulatedOllama({
    answer: ({ turns }) => `You said: ${turns.at(-1)?.content}`,
    ...options,
  });
  const { llm, ...rest } = input;
  const config = {
    data_dir: await temporaryFolder(),
    response_cache: {},
    llm: { routing: { default: MODEL }, options: { temperature: 0 }, ...(llm as object) },
    ...rest,
  };
  const { url } = through ? await through(ollama.url) : ollama;
  const open = () => testOstler({ url }, config);
  return { ollama, config, open, ostler: await open() };
}

export const inChat = (chat: string, person = 'tester'): Partial<Message> => ({
  address: { platform: 'web', chat },
  person: { id: person },
  ...ALONE,
});

/** Whence an answer comes, or what came instead. */
export const fromOf = (outcome: Outcome) => (outcome.kind === 'answer' ? outcome.answer.from : outcome.kind);

export const textOf = (outcome: Outcome) => (outcome.kind === 'answer' ? outcome.answer.text : outcome.kind);

export async function ask(ostler: TestOstler, text: string, more: Partial<Message> = ALONE) {
  return fromOf(await ostler.ask(text, more));
}

export async function twice(
  ostler: TestOstler,
  text: string,
  first: Partial<Message>,
  second: Partial<Message>,
) {
  return [await ask(ostler, text, first), await ask(ostler, text, second)];
}

/** Each answer is another one: `1`, `2` and so on. */
export function counting(): OllamaOptions {
  let answers = 0;
  return {
    answer() {
      answers += 1;
      return String(answers);
    },
  };
}

/** How many answers were generated. */
export const generated = (ollama: Ollama) =>
  ollama
    .requests()
    .filter(
      ({ path, body }) =>
        path === '/api/chat' && ((body as { messages?: unknown[] }).messages ?? []).length > 0,
    ).length;
