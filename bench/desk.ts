import { createOllama, type Ollama } from '../demo/ollama/ollama.ts';
import { type Bot, type Home, makeHome, startBot } from '../test/kill/bot.ts';

export const MODEL = 'small:1b';

/** A simulated Ollama whose model answers at once, and a bot on it that is known to serve. */
export type Desk = {
  readonly ollama: Ollama;
  readonly home: Home;
  readonly bot: Bot;
  close(): Promise<void>;
};

export type DeskOptions = {
  /** Loaded into the bot before its own code. */
  readonly preload?: string;
  readonly redisUrl?: string;
  /** Further sections of the configuration. */
  readonly sections?: Readonly<Record<string, unknown>>;
  /** Answers at once. */
  readonly parallel?: number;
  readonly answer?: string;
};

export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  const { preload, redisUrl, sections, parallel = 4, answer = 'A short answer of a few words.' } = options;
  const ollama = await createOllama({
    speed: 1e6,
    models: [{ tag: MODEL, sizeGb: 1 }],
    parallel,
    keepRecords: 100,
    answer: () => answer,
  });
  const home = await makeHome({
    llm: { base_url: ollama.url, parallel, routing: { default: MODEL } },
    ...sections,
    ...(redisUrl !== undefined && { redis: { url: redisUrl, lock_seconds: 2 } }),
  });
  const bot = startBot(home, preload);
  await bot.ready;
  return {
    ollama,
    home,
    bot,
    async close() {
      await bot.stop();
      await ollama.close();
      await home.remove();
    },
  };
}

export type Chatter = {
  /** Sends a question and resolves when its outcome was told. */
  ask(chat: string, text: string): Promise<void>;
  /** Follows this chat no more. */
  leave(chat: string): void;
};

/** Talks with the bot as its terminal does; follows each chat that it talks in. Throws where it is refused. */
export function createChatter({ client }: Bot): Chatter {
  /** Of a job: an outcome can be faster than the receipt. */
  const outcomes = new Map<string, PromiseWithResolvers<void>>();
  const followed = new Map<string, { readonly live: Promise<void>; leave(): void }>();
  let asked = 0;

  function outcomeOf(job: string): PromiseWithResolvers<void> {
    const outcome = outcomes.get(job) ?? Promise.withResolvers<void>();
    outcomes.set(job, outcome);
    return outcome;
  }

  function follow(chat: string) {
    const left = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    void (async () => {
      try {
        for await (const event of client.events(chat, left.signal)) {
          if (event.type === 'live') resolve();
          if (event.type === 'entry') outcomeOf(event.id).resolve();
        }
      } catch (error) {
        if (!left.signal.aborted) reject(error);
      }
    })();
    return { live: promise, leave: () => left.abort() };
  }

  return {
    async ask(chat, text) {
      const following = followed.get(chat) ?? follow(chat);
      followed.set(chat, following);
      await following.live;
      asked += 1;
      const receipt = await client.send(chat, { id: `ask-${asked}`, text, images: [], standalone: false });
      if (receipt.kind !== 'taken') throw new Error(`The question was ${receipt.kind}.`);
      await outcomeOf(receipt.job).promise;
      outcomes.delete(receipt.job);
    },
    leave(chat) {
      followed.get(chat)?.leave();
      followed.delete(chat);
    },
  };
}
