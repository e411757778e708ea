import type { Address } from '../../src/chat/message.ts';

const PLATFORM = 'discord';

export function addressOf(chat: string, thread?: string): Address {
  return { platform: PLATFORM, chat, ...(thread !== undefined && { thread }) };
}

/** To Discord a thread is a channel. */
export function channelOf({ chat, thread }: Address): string {
  return thread ?? chat;
}
