import { Client, DiscordAPIError, GatewayIntentBits, Partials, REST } from 'discord.js';
import { expect, onTestFinished } from 'vitest';
import { createDiscord } from './discord.ts';
import type { Discord, DiscordOptions } from './surface.ts';

const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.GuildMessageTyping,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.DirectMessageReactions,
  GatewayIntentBits.DirectMessageTyping,
];

/** A Discord that ends with the test, with a guild of two and an unmodified client of its REST. */
export async function openDiscord(options: DiscordOptions = {}) {
  const discord = await createDiscord(options);
  onTestFinished(() => discord.close());
  const ada = discord.person({ name: 'Ada' });
  const ben = discord.person({ name: 'Ben' });
  const guild = discord.guild({ name: 'Lab', members: [ada, ben] });
  const channel = guild.channel('general');
  return { discord, ada, ben, guild, channel, rest: openRest(discord) };
}

/** `retries` 0: each request is sent once. */
function openRest(discord: Discord, token = discord.token): REST {
  const rest = new REST({ api: discord.restUrl, retries: 0 }).setToken(token);
  onTestFinished(() => {
    rest.clearHashSweeper();
    rest.clearHandlerSweeper();
  });
  return rest;
}

/** An unmodified discord.js that is ready, and ends with the test. */
export async function openClient(discord: Discord, intents = INTENTS) {
  const client = makeClient(discord, intents);
  const ready = new Promise<void>((resolve) => client.once('clientReady', () => resolve()));
  await client.login(discord.token);
  await ready;
  if (!client.isReady()) throw new Error('It was ready a moment ago.');
  return client;
}

/** It identifies again at once, where a default client waits 5 s. */
export function makeClient(discord: Discord, intents = INTENTS): Client {
  const client = new Client({
    intents,
    partials: [Partials.Channel, Partials.Message, Partials.Reaction, Partials.User],
    rest: { api: discord.restUrl },
    ws: { buildIdentifyThrottler: async () => ({ waitForIdentify: async () => {} }) },
  });
  client.on('error', () => {});
  client.on('shardError', () => {});
  onTestFinished(() => client.destroy());
  return client;
}

/** Looks again until it is as expected; for what a client does, of which the server sees nothing. */
export function soon<T>(look: () => T) {
  return expect.poll(look, { timeout: 10_000 });
}

/** Status and code of the error that a call ends with, and the errors of a form below it. */
export async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof DiscordAPIError)) throw new Error(`No refusal but ${String(error)}`);
  const { status, code, rawError } = error;
  return { status, code, errors: 'errors' in rawError ? rawError.errors : undefined };
}

/** Calls a route as another program would. */
export async function callPlainly(discord: Discord, path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' };
  const response = await fetch(`${discord.restUrl}/v10${path}`, { headers, ...init });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}
