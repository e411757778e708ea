import { onTestFinished } from 'vitest';
import type { Ollama, OllamaOptions } from '../../demo/ollama/ollama.ts';
import type { Channel } from './discord/channel.ts';
import { createDiscord } from './discord/discord.ts';
import type { Guild } from './discord/guilds.ts';
import type { ChatMessage } from './discord/message.ts';
import type { Person } from './discord/person.ts';
import type { Discord, DiscordOptions } from './discord/surface.ts';
import { simulatedOllama, type TestOstler, temporaryFolder, testOstler } from './ostler.ts';

type Setup = {
  readonly ollama?: OllamaOptions;
  readonly discord?: DiscordOptions;
  /** Sections of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly llm?: Readonly<Record<string, unknown>>;
  /** False: nobody waits until it is connected. */
  readonly connects?: boolean;
};

type Fits = (message: ChatMessage) => boolean;

/** A whole Ostler on a Discord and an Ollama, each on the wire; Ada, Ben and their guild are served. */
export type DiscordBot = {
  readonly discord: Discord;
  readonly ollama: Ollama;
  /** The one that runs. */
  readonly ostler: TestOstler;
  readonly ada: Person;
  readonly ben: Person;
  readonly guild: Guild;
  /** A channel of the guild. */
  readonly channel: Channel;
  /** Ada's chat with the bot. */
  readonly chat: Channel;
  /** The first message of the bot, there or to come, that fits; `viewer` sees what is for them alone, too. */
  said(channel: Channel, fits: Fits, viewer?: Person): Promise<ChatMessage>;
  /** The message of the bot that is the whole answer to this text. */
  answer(channel: Channel, text: string, viewer?: Person): Promise<ChatMessage>;
  /** The message as it is now. */
  now(message: ChatMessage): ChatMessage;
  /** The last turn of everything that the models were asked, in order. */
  asked(): readonly string[];
  /** Resolves once the gateway has a session that is connected. */
  connected(): Promise<void>;
  stop(): Promise<void>;
  /** Ends Ostler, if it runs, and starts it again, on the same data; some sections may be others now. */
  reopen(config?: Readonly<Record<string, unknown>>): Promise<TestOstler>;
};

export async function discordBot(setup: Setup = {}): Promise<DiscordBot> {
  const { connects = true } = setup;
  const discord = await createDiscord(setup.discord);
  onTestFinished(() => discord.close());
  const ollama = await simulatedOllama({
    answer: ({ turns }) => echo(turns.at(-1)?.content ?? ''),
    ...setup.ollama,
  });
  const ada = discord.person({ name: 'Ada' });
  const ben = discord.person({ name: 'Ben' });
  const owner = discord.person({ name: 'Olga' });
  const guild = discord.guild({ name: 'Lab', members: [owner, ada, ben] });
  const channel = guild.channel('general');
  const { discord: section = {}, access = {}, ...config } = setup.config ?? {};
  const input = {
    llm: { routing: { default: 'qwen2.5:7b' }, ...setup.llm },
    discord: { token: discord.token, api_url: discord.restUrl, ...(section as object) },
    access: { discord: { users: [ada.id, ben.id], guilds: [guild.id] }, ...(access as object) },
    data_dir: await temporaryFolder(),
    shutdown_seconds: 0,
    ...config,
  };

  const connected = () => discord.until(() => discord.gateway.sessions().some((one) => one.connected));
  async function start(more: Readonly<Record<string, unknown>> = {}): Promise<TestOstler> {
    const before = discord.gateway.counts().identifies;
    const opened = await testOstler(ollama, { ...input, ...more });
    if (connects) {
      await discord.until(() => discord.gateway.counts().identifies > before);
      await connected();
    }
    return opened;
  }
  let ostler = await start();

  async function said(place: Channel, fits: Fits, viewer?: Person): Promise<ChatMessage> {
    const found = () => place.fromBot(viewer).find(fits);
    await discord.until(() => found() !== undefined);
    const message = found();
    if (!message) throw new Error('It was there a moment ago.');
    return message;
  }

  return {
    discord,
    ollama,
    get ostler() {
      return ostler;
    },
    ada,
    ben,
    guild,
    channel,
    chat: ada.directChat(),
    said,
    answer: (place, text, viewer) => said(place, (message) => isAnswer(message, text), viewer),
    now: (message) => discord.channel(message.channel)?.message(message.id) ?? message,
    asked: () =>
      ollama
        .requests()
        .filter(({ path }) => path === '/api/chat')
        .flatMap(
          ({ body }) => (body as { messages?: { content: string }[] }).messages?.at(-1)?.content ?? [],
        ),
    connected,
    stop: () => ostler.close(),
    async reopen(changed = {}) {
      await ostler.close();
      ostler = await start(changed);
      return ostler;
    },
  };
}

/** The whole answers of models in a channel. */
export function whole(channel: Channel, viewer?: Person): readonly ChatMessage[] {
  return channel.fromBot(viewer).filter(({ text }) => text.includes('🏠'));
}

/** The labels of a message's buttons. */
export function labelsOf({ buttons }: ChatMessage): readonly string[] {
  return buttons.flat().map(({ label }) => label);
}

/** Resolves once the bot has registered its commands, so that people can use them. */
export async function withCommands(bot: DiscordBot): Promise<DiscordBot> {
  await bot.discord.until(() => bot.discord.commands().length > 0);
  return bot;
}

/** What the simulated models answer here, so that an answer shows what was asked. */
function echo(question: string): string {
  return `You said: ${question}`;
}

/**
 * Below an answer stands which model gave it; above one to a command, what was asked. In a channel models read
 * who asks.
 */
function isAnswer({ text }: ChatMessage, question: string): boolean {
  const isEcho = ['', 'Ada: ', 'Ben: '].some((who) => text.includes(echo(who + question)));
  return isEcho && text.includes('🏠');
}
