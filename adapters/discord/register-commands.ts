import { createHash } from 'node:crypto';
import { Routes } from 'discord.js';
import { toFailure } from '../../src/errors.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Store } from '../../src/ports/store.ts';
import { commandTable } from './command-table.ts';
import type { Request } from './request.ts';

type Needs = { readonly request: Request; readonly store: Store; readonly logger: Logger };

/** Tells Discord the commands where it knows others; empty `guild`: everywhere. Never throws. */
export async function registerCommands(
  { application, guild }: { readonly application: string; readonly guild: string },
  { request, store, logger }: Needs,
): Promise<void> {
  const isGlobal = guild === '';
  const body = commandTable(isGlobal);
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const key = `discord:commands:${application}:${isGlobal ? 'global' : guild}`;
  const path = isGlobal
    ? Routes.applicationCommands(application)
    : Routes.applicationGuildCommands(application, guild);
  try {
    if ((await store.get(key)) === hash) return;
    await request((rest, signal) => rest.put(path, { body, signal }));
    await store.set(key, hash);
    logger.info({ commands: body.length }, 'Discord knows the commands');
  } catch (error) {
    // Without them everything else works; the next session tries again.
    logger.warn({ ...toFailure(error) }, 'Discord does not take the commands');
  }
}
