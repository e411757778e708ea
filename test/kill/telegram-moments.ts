import type { Telegram } from '../servers/telegram/telegram.ts';

type TelegramEvent = Parameters<Parameters<Telegram['on']>[0]>[0];

/** Moments at which a kill hurts: each leaves something half done. */
export const KILL_AIMS = [
  'a send arrives',
  'updates are on their way',
  undefined,
  'a send was accepted',
  'an answer is being finished',
  'a message is being removed',
  'a preview is being changed',
] as const;

/** The moment that an event is, by its name. */
export function momentOf(event: TelegramEvent): (typeof KILL_AIMS)[number] {
  switch (event.type) {
    case 'confirmed':
      return 'updates are on their way';
    case 'poll-ended':
      return event.updates > 0 ? 'updates are on their way' : undefined;
    case 'request':
    case 'answer': {
      const { method, parameters } = event.request;
      if (method === 'sendMessage')
        return event.type === 'request' ? 'a send arrives' : 'a send was accepted';
      if (method === 'deleteMessage') return 'a message is being removed';
      if (method !== 'editMessageText') return undefined;
      return String(parameters.text).includes('🏠')
        ? 'an answer is being finished'
        : 'a preview is being changed';
    }
    default:
      return undefined;
  }
}

/** A happening that says that something goes on; polls and typing go on for ever. */
export function isProgress(event: TelegramEvent): boolean {
  return ['sent', 'edited', 'deleted', 'confirmed'].includes(event.type);
}
