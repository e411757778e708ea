import { join } from 'node:path';
import { makeFolder } from '../../adapters/disk/make-folder.ts';
import { tryToWrite } from '../../adapters/disk/try-to-write.ts';
import { openConnection } from '../../adapters/ollama/connection.ts';
import { ollamaServer } from '../../adapters/ollama/server.ts';
import { openDatabase } from '../../adapters/sqlite/open-database.ts';
import { takeOwnership } from '../../adapters/sqlite/owner-lock.ts';
import { statusAt } from '../../adapters/terminal/reach.ts';
import {
  checkInstallation,
  type Finding,
  failedCheck,
  type PlatformFacts,
  type RedisFacts,
} from '../check.ts';
import { controlPath, dataFolder } from '../config/places.ts';
import type { Config } from '../config/schema.ts';

const PLATFORM_CHECKS = [
  { id: 'telegram', name: 'Telegram', ask: askTelegram },
  { id: 'discord', name: 'Discord', ask: askDiscord },
] as const;

/** Whether all that the configuration names is well; says of each how it is. */
export async function runCheck(config: Config, say: (text: string) => void): Promise<boolean> {
  const connection = openConnection(config.llm.base_url);
  try {
    const outside = {
      server: ollamaServer(connection),
      checkData: () => checkData(config),
      ...(config.redis.url !== '' && { askRedis: () => askRedis(config) }),
      platforms: PLATFORM_CHECKS.filter(({ id }) => config[id].token !== '').map(({ ask, ...named }) => ({
        ...named,
        ask: () => ask(config),
      })),
    };
    return await checkInstallation(config, outside, say);
  } finally {
    await connection.close();
  }
}

async function checkData(config: Config): Promise<Finding> {
  const folder = dataFolder(config);
  const status = await statusAt(controlPath(config));
  try {
    if (!status) return await tryFolder(folder);
    await tryToWrite(folder);
    const { running, waiting } = status;
    return { ok: true, text: `A bot runs on ${folder}: ${running} answering, ${waiting} waiting` };
  } catch (error) {
    return failedCheck(error);
  }
}

async function tryFolder(folder: string): Promise<Finding> {
  await makeFolder(folder);
  await tryToWrite(folder);
  const ownership = takeOwnership(folder);
  try {
    openDatabase(join(folder, 'ostler.db')).close();
  } finally {
    ownership.release();
  }
  return { ok: true, text: `${folder} is ready; no bot runs on it` };
}

async function askRedis({ redis }: Config): Promise<RedisFacts> {
  const { connectRedis } = await import('../../adapters/redis/connect.ts');
  const { inspectRedis } = await import('../../adapters/redis/inspect.ts');
  const connection = await connectRedis(redis);
  return inspectRedis(connection).finally(connection.close);
}

async function askTelegram({ telegram }: Config): Promise<PlatformFacts> {
  const { inspectTelegram } = await import('../../adapters/telegram/inspect.ts');
  const { username } = await inspectTelegram(telegram.token, telegram.api_url);
  return { account: `@${username}` };
}

async function askDiscord({ discord }: Config): Promise<PlatformFacts> {
  const { inspectDiscord } = await import('../../adapters/discord/inspect.ts');
  const { username, readsContent } = await inspectDiscord(discord.token, discord.api_url);
  return { account: username, readsContent };
}
