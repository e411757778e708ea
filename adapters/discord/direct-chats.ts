import { Routes } from 'discord.js';
import { idOf } from './message-body.ts';
import { createRecent } from './recent.ts';
import type { Request } from './request.ts';

const MOST_PEOPLE = 1_000;

/** The channel of somebody's direct chat with the bot, opened where there is none. Throws like `Request`. */
export type DirectChatOf = (person: string) => Promise<string>;

export function createDirectChats(request: Request): DirectChatOf {
  const known = createRecent<string>(MOST_PEOPLE);
  return async (person) => {
    const found = known.get(person);
    if (found !== undefined) return found;
    const body = { recipient_id: person };
    const channel = idOf(await request((rest, signal) => rest.post(Routes.userChannels(), { body, signal })));
    known.set(person, channel);
    return channel;
  };
}
