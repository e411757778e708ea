import type { Api } from 'grammy';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { createAsking, type Outcome } from '../../src/reply/ask-in-turn.ts';
import type { Budget } from '../../src/reply/budget.ts';
import type { Buttons, Contents, When } from '../../src/reply/messages.ts';
import { refusal, understand } from './api-errors.ts';
import type { ApiSignal } from './open-api.ts';

/** Thread `1` is a forum's General. */
export type Target = { readonly chat: string; readonly thread?: string };

type EditOptions = When & { readonly buttons?: Buttons | undefined };
type SendOptions = EditOptions & {
  readonly silent?: boolean | undefined;
  readonly replyTo?: number | undefined;
};

/**
 * What answers ask of Telegram. A call waits for its turn; a final that is refused with a 429 is sent again.
 * Throws the signal's reason or an OstlerError: `busy` (retryable) for a preview that was refused with a 429 and
 * for all while Telegram wants a pause of more than 10 s, `unreachable` (retryable; the call may have arrived),
 * `undeliverable`, `too_long`, and `internal` for what should not happen.
 */
export type Calls = {
  /** Resolves to the new message's id. A group that became a supergroup gets it there. */
  send(target: Target, content: Contents, options: SendOptions): Promise<number>;
  /** Without buttons, the message loses those that it had. */
  edit(target: Target, message: number, content: Contents, options: EditOptions): Promise<'edited' | 'gone'>;
  setButtons(
    target: Target,
    message: number,
    buttons: Buttons | undefined,
    when: When,
  ): Promise<'edited' | 'gone'>;
  /** A message that is gone, or too old to be removed, is fine. */
  remove(target: Target, message: number, signal?: AbortSignal): Promise<void>;
  /** Is seen for 5 s or until the next message. Takes no turn, is left out during a pause, never throws. */
  typing(target: Target): Promise<void>;
  /** Takes no turn, never throws. */
  answerPress(queryId: string, text?: string, alert?: boolean): Promise<void>;
  /**
   * A preview in a direct chat that is gone after 30 s or with the next message. `draftId` is not 0; the button
   * Stop sends the update `stopped_message_generation` with it.
   */
  draft(target: Target, draftId: number, content: Contents, signal?: AbortSignal): Promise<void>;
};

type Needs = {
  readonly api: Api;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly logger: Logger;
};

const GENERAL = '1';
/** Telegram takes no longer text in answer to a press. */
const PRESS_CHARACTERS = 200;
const noLinkPreview = { link_preview_options: { is_disabled: true } } as const;

/** The calls of core.telegram.org/bots/api. Neither texts nor the token reach the log or an error. */
export function createCalls({ api, budget, clock, logger }: Needs): Calls {
  const asking = createAsking({ budget, clock, logger, platform: 'Telegram', understand });
  const once = <T>(ask: (signal: ApiSignal) => Promise<T>) =>
    asking.once((signal) => ask(signal as ApiSignal));
  const inTurn = <T>(chat: string, when: When, ask: (plain: boolean) => (signal: ApiSignal) => Promise<T>) =>
    asking.inTurn(chat, when, (plain) => {
      const call = ask(plain);
      return (signal) => call(signal as ApiSignal);
    });

  const send: Calls['send'] = async (target, content, options) => {
    const { silent, replyTo, ...rest } = options;
    const outcome = await inTurn(target.chat, options, (plain) => {
      const message = {
        ...placeOf(target),
        ...textOf(content, plain),
        ...noLinkPreview,
        ...(silent && { disable_notification: true }),
        ...(replyTo !== undefined && {
          reply_parameters: { message_id: replyTo, allow_sending_without_reply: true },
        }),
        ...markupOf(options.buttons),
      };
      return async (signal) => idOf(await api.raw.sendMessage(message, signal));
    });
    if (outcome.kind === 'answered') return outcome.value;
    if (outcome.kind !== 'moved' || outcome.chat === target.chat) throw refusal(`It said: ${outcome.kind}`);
    // Messages have other ids there: what it would reply to is another one.
    return send({ chat: outcome.chat }, content, { ...rest, silent });
  };

  return {
    send,
    async edit(target, message, content, options) {
      const outcome = await inTurn(target.chat, options, (plain) => {
        const edited = {
          ...messageOf(target, message),
          ...textOf(content, plain),
          ...noLinkPreview,
          ...markupOf(options.buttons),
        };
        return (signal) => api.raw.editMessageText(edited, signal);
      });
      return editedOrGone(outcome);
    },
    async setButtons(target, message, buttons, when) {
      const edited = { ...messageOf(target, message), ...markupOf(buttons) };
      const ask = (signal: ApiSignal) => api.raw.editMessageReplyMarkup(edited, signal);
      return editedOrGone(await inTurn(target.chat, when, () => ask));
    },
    async remove(target, message, signal) {
      const ask = (late: ApiSignal) => api.raw.deleteMessage(messageOf(target, message), late);
      await inTurn(target.chat, { urgency: 'final', signal }, () => ask);
    },
    async typing(target) {
      if (budget.pausedMs(target.chat) > 0) return;
      const thread = target.thread === undefined ? {} : { message_thread_id: Number(target.thread) };
      const action = { chat_id: Number(target.chat), ...thread, action: 'typing' } as const;
      const outcome = await once((signal) => api.raw.sendChatAction(action, signal));
      if (outcome.kind === 'wait') budget.pause(target.chat, outcome.seconds);
    },
    async answerPress(queryId, text, alert) {
      const answer = {
        callback_query_id: queryId,
        ...(text && { text: text.slice(0, PRESS_CHARACTERS) }),
        ...(alert && { show_alert: true }),
      };
      const outcome = await once((signal) => api.raw.answerCallbackQuery(answer, signal));
      if (outcome.kind !== 'answered') logger.debug({ trouble: outcome.kind }, 'a press was not answered');
    },
    async draft(target, draftId, content, signal) {
      await inTurn(target.chat, { urgency: 'preview', signal }, (plain) => {
        const draft = { ...placeOf(target), draft_id: draftId, ...textOf(content, plain) };
        // What is there when it is stopped stays until the answer comes.
        const stop = { can_stop: true, keep_on_stop: true };
        return (late) => api.raw.sendMessageDraft({ ...draft, ...stop }, late);
      });
    },
  };
}

function editedOrGone(outcome: Outcome<unknown>): 'edited' | 'gone' {
  return outcome.kind === 'answered' || outcome.kind === 'unmodified' ? 'edited' : 'gone';
}

/** Whoever stands in for Telegram may answer with anything. */
function idOf({ message_id: id }: { readonly message_id: number }): number {
  if (!Number.isInteger(id)) throw new TypeError('no message');
  return id;
}

/** Where a message is sent. Telegram knows General only as no thread at all. */
function placeOf({ chat, thread }: Target) {
  const inThread = thread !== undefined && thread !== GENERAL;
  return { chat_id: Number(chat), ...(inThread && { message_thread_id: Number(thread) }) };
}

function messageOf({ chat }: Target, message: number) {
  return { chat_id: Number(chat), message_id: message };
}

function textOf(content: Contents, plain: boolean) {
  const { markup, visible } = typeof content === 'function' ? content() : content;
  return plain ? { text: visible } : { text: markup, parse_mode: 'HTML' as const };
}

function markupOf(buttons: Buttons | undefined) {
  if (buttons === undefined) return {};
  const rows = buttons.map((row) => row.map(({ text, data }) => ({ text, callback_data: data })));
  return { reply_markup: { inline_keyboard: rows } };
}
