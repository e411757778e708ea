import type { Outcome } from '../../src/chat/exchange.ts';
import { asksOf } from '../../src/chat/progress.ts';
import type { SwitchEvent } from '../../src/models/switching.ts';
import { simulatedOllama, type TestOstler, testOstler } from '../servers/ostler.ts';

export const LARGE = 'qwen2.5:32b';
export const CODE = 'deepseek-coder-v2:16b';
export const SMALL = 'qwen2.5:7b';
export const HERE = { platform: 'web', chat: 'one' };
export const ADA = { id: 'ada' };
export const BOB = { id: 'bob' };
/** Room for the large model alone, or for the two others. */
export const MEMORY = { vram_gb: 24 };
const options = { num_ctx: 4_096 };
export const MODELS = {
  large: { name: LARGE, options },
  code: { name: CODE, options },
  small: { name: SMALL, options },
};

type Followed = ReturnType<TestOstler['follow']>;
export type Ollama = Awaited<ReturnType<typeof simulatedOllama>>;

export async function open(
  llm: object = {},
  options: Parameters<typeof simulatedOllama>[0] = {},
  rest: object = {},
) {
  const ollama = await simulatedOllama(options);
  const ostler = await testOstler(ollama, {
    llm: { models: MODELS, routing: { default: LARGE }, memory: MEMORY, ...llm },
    ...rest,
  });
  await whenReachable(ostler);
  return { ollama, ostler };
}

/** A house takes orders once it has seen its server. */
async function whenReachable({ front }: TestOstler): Promise<void> {
  while (!front.status().ollama.reachable) await new Promise((resolve) => setImmediate(resolve));
}

/** Time passes, and what it leads to happens. */
export async function passUntil(time: { skip(ms: number): void }, condition: () => boolean): Promise<void> {
  while (!condition()) {
    time.skip(30_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

export async function ordered({ front }: TestOstler, model: string, by = ADA) {
  return collect(await front.load(HERE, model, by));
}

/** All that is told of an order, as it is told, and how it ends. */
function collect(events: AsyncIterable<SwitchEvent>) {
  const told: SwitchEvent[] = [];
  const end = (async () => {
    for await (const event of events) told.push(event);
    return told.at(-1);
  })();
  return { told, end };
}

/** What the person of a question is asked before another model leaves for it. */
export const asked = ({ until: seen }: Pick<Followed, 'until'>) =>
  seen((event) => (event.type === 'progress' ? asksOf(event.progress) : undefined));

export const residents = (ollama: Ollama) => ollama.residents().map(({ tag }) => tag);
export const loads = (ollama: Ollama) =>
  ollama.events().flatMap((event) => (event.type === 'load-begin' ? [event.model] : []));
export const until = (ollama: Ollama, ...tags: string[]) =>
  ollama.until(() => residents(ollama).toSorted().join() === tags.toSorted().join());

/** Asks one model, while time passes. */
export async function ask(
  time: { skip(ms: number): void },
  ostler: TestOstler,
  text: string,
  model: string,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  void ostler.ask(text, { model }).then((ended) => {
    outcome = ended;
  });
  await passUntil(time, () => outcome !== undefined);
  return outcome as Outcome;
}

/** Another program loads a model, with options of its own. */
export async function loadElsewhere(ollama: Ollama, model: string, more: object = {}): Promise<void> {
  const body = JSON.stringify({ model, ...more });
  const response = await fetch(`${ollama.url}/api/generate`, { method: 'POST', body });
  await response.text();
}

/** Another client asks this model something, and is answered when it is let. */
export async function askAsOther(ollama: Ollama, model: string) {
  const hold = ollama.hold({ at: 'generation', model });
  const answered = fetch(`${ollama.url}/api/chat`, {
    method: 'POST',
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }], stream: false, options }),
  }).then((response) => response.text());
  await hold.reached;
  return {
    async end() {
      hold.release();
      await answered;
    },
  };
}

/** Whom Ostler told to leave. */
export const unloads = (ollama: Ollama) =>
  ollama.requests().flatMap(({ body }) => {
    const { model, keep_alive: keepAlive } = (body ?? {}) as { model?: string; keep_alive?: unknown };
    return keepAlive === 0 && model !== undefined ? [model] : [];
  });
