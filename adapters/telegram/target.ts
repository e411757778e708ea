import type { Address } from '../../src/chat/message.ts';
import type { Job } from '../../src/path/job.ts';
import type { Target } from './calls.ts';

export function targetOf({ chat, thread }: Address): Target {
  return { chat, ...(thread !== undefined && { thread }) };
}

/** Telegram numbers groups below zero. */
export const isGroup = (chat: string): boolean => chat.startsWith('-');

/** Telegram's own number of the message that asked. */
export function messageIdOf({ message }: Job): number | undefined {
  const id = Number.parseInt(message.id, 10);
  return Number.isSafeInteger(id) ? id : undefined;
}
