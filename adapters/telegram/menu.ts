import { isDeepStrictEqual } from 'node:util';
import type { Api } from 'grammy';
import { commandsFor } from '../../src/chat/commands.ts';
import type { ApiSignal } from './open-api.ts';

/** The commands that Telegram's clients offer to everybody; told to Telegram only where it knows others. */
export async function publishMenu(api: Api, signal: ApiSignal): Promise<void> {
  const menu = commandsFor('user').map(({ name, description }) => ({ command: name, description }));
  const known = await api.getMyCommands({}, signal);
  const plain = known.map(({ command, description }) => ({ command, description }));
  if (!isDeepStrictEqual(plain, menu)) await api.setMyCommands(menu, {}, signal);
}
