import type { Telegram } from '../servers/telegram/telegram.ts';

const KINDS: Readonly<Record<string, BotCall['kind']>> = {
  sendMessage: 'send',
  editMessageText: 'change',
  editMessageReplyMarkup: 'change',
  deleteMessage: 'change',
};

/** A call of the bot about one message. */
export type BotCall = {
  /** Which process it came from, counted from 1. */
  readonly life: number;
  readonly kind: 'send' | 'change';
  readonly chat: number;
  /** Undefined for a send that did not become a message. */
  readonly message: number | undefined;
  /** It was done, and the bot could not learn of it: the connection was cut. */
  readonly answerLost: boolean;
};

export type CallRecord = {
  /** In order of arrival. */
  readonly calls: readonly BotCall[];
  lives(): number;
  /** Which process confirmed the edit of a message, the last one where there were several. */
  editTakenBy(chat: number, message: number): number | undefined;
  /** The next process was started: what comes from now on is its. */
  begin(): void;
  /** The call that is arriving now will not be answered. */
  loseAnswer(): void;
};

/** Must listen before anybody who calls `loseAnswer`. */
export function recordCalls(telegram: Pick<Telegram, 'on'>): CallRecord {
  const calls: { -readonly [K in keyof BotCall]: BotCall[K] }[] = [];
  /** Edits by chat and message: the update, and who confirmed it. */
  const edits = new Map<string, { readonly update: number; life?: number }>();
  let lives = 0;
  let edited: string | undefined;
  let arriving: (typeof calls)[number] | undefined;
  telegram.on((event) => {
    if (event.type === 'request') {
      const { method, chat, parameters } = event.request;
      arriving = undefined;
      const kind = KINDS[method];
      if (kind === undefined || chat === undefined) return;
      const message = kind === 'send' ? undefined : Number(parameters.message_id);
      arriving = { life: lives, kind, chat, message, answerLost: false };
      calls.push(arriving);
    } else if (event.type === 'sent' && event.by === 'bot' && arriving?.kind === 'send') {
      arriving.message = event.message.id;
    } else if (event.type === 'edited' && event.by === 'person') {
      // Its update follows at once.
      edited = `${event.chat} ${event.message.id}`;
    } else if (event.type === 'update' && edited !== undefined) {
      edits.set(edited, { update: event.id });
      edited = undefined;
    } else if (event.type === 'confirmed') {
      for (const edit of edits.values()) if (edit.update < event.offset) edit.life ??= lives;
    }
  });
  return {
    calls,
    lives: () => lives,
    editTakenBy: (chat, message) => edits.get(`${chat} ${message}`)?.life,
    begin() {
      lives += 1;
    },
    loseAnswer() {
      if (arriving) arriving.answerLost = true;
    },
  };
}
