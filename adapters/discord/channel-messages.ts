import { type REST, Routes } from 'discord.js';
import { toOstlerError } from '../../src/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Asking } from '../../src/reply/ask-in-turn.ts';
import type { Budget } from '../../src/reply/budget.ts';
import type {
  Buttons,
  Contents,
  EditOptions,
  MessageId,
  SendOptions,
  When,
} from '../../src/reply/messages.ts';
import { refusal } from './api-errors.ts';
import { rowsOf } from './components.ts';
import { bodyOf, newBodyOf, nonceOf, sentOf } from './message-body.ts';
import { createRecent } from './recent.ts';

/** So many messages that are gone are remembered. */
const MOST_GONE = 1_000;

/** Discord takes about 5 of these in 5 s and channel: several questions of one channel share what is shown. */
const TYPING_GAP_MS = 2_000;
const MOST_TYPING = 1_000;

export type Calls = {
  readonly rest: REST;
  readonly asking: Asking;
  readonly budget: Budget;
  readonly clock: Pick<Clock, 'now'>;
};

/** Messages in channels, which threads and direct chats are too. */
export type ChannelMessages = {
  send(channel: string, content: Contents, options: SendOptions): Promise<string>;
  edit(channel: string, id: MessageId, content: Contents, options: EditOptions): Promise<'edited' | 'gone'>;
  setButtons(
    channel: string,
    id: MessageId,
    buttons: Buttons | undefined,
    when: When,
  ): Promise<'edited' | 'gone'>;
  remove(channel: string, id: MessageId, signal?: AbortSignal): Promise<void>;
  typing(channel: string): Promise<void>;
};

export function createChannelMessages({ rest, asking, budget, clock }: Calls): ChannelMessages {
  const typedAt = createRecent<number>(MOST_TYPING);
  /** Discord gives the message of a nonce that it knows, also where that was deleted. */
  const gone = createRecent<true>(MOST_GONE);

  async function change(channel: string, id: MessageId, when: When, body: () => object) {
    const outcome = await asking.inTurn(channel, when, () => {
      const made = body();
      return (signal) => rest.patch(Routes.channelMessage(channel, String(id)), { body: made, signal });
    });
    if (outcome.kind === 'answered') return 'edited';
    gone.set(String(id), true);
    return 'gone';
  }

  /** Undefined: the message of that nonce is gone. */
  async function sendOnce(channel: string, content: Contents, nonce: string, options: SendOptions) {
    let written = '';
    const outcome = await asking.inTurn(channel, options, () => {
      const body = { ...newBodyOf(content, options), nonce, enforce_nonce: true };
      written = body.content;
      return async (signal) => sentOf(await rest.post(Routes.channelMessages(channel), { body, signal }));
    });
    if (outcome.kind !== 'answered' || gone.get(outcome.value.id)) return undefined;
    const { id, content: shown } = outcome.value;
    if (shown === undefined || shown.trim() === written.trim()) return id;
    // An earlier one with this nonce had arrived unnoticed, and still says what it said then.
    const end = await change(channel, id, options, () => bodyOf(content, options.buttons));
    return end === 'edited' ? id : undefined;
  }

  /** Where the bot may not read what was written before, it may not reply to it either. */
  async function sendOrSay(channel: string, content: Contents, nonce: string, options: SendOptions) {
    try {
      return await sendOnce(channel, content, nonce, options);
    } catch (error) {
      const { replyTo, ...others } = options;
      if (replyTo === undefined || toOstlerError(error).code !== 'undeliverable') throw error;
      return sendOnce(channel, content, nonce, others);
    }
  }

  /** What was sent and not confirmed would stay for ever: with its nonce it may be sent again. */
  async function sendSurely(channel: string, content: Contents, options: SendOptions) {
    const nonce = nonceOf(options.key);
    try {
      return await sendOrSay(channel, content, nonce, options);
    } catch (error) {
      if (options.urgency !== 'preview' || toOstlerError(error).code !== 'unreachable') throw error;
      return sendOrSay(channel, content, nonce, options);
    }
  }

  return {
    async send(channel, content, options) {
      const id = await sendSurely(channel, content, options);
      const sent = id ?? (await sendOrSay(channel, content, nonceOf(undefined), options));
      if (sent === undefined) throw refusal('It said: gone');
      return sent;
    },
    edit: (channel, id, content, options) =>
      change(channel, id, options, () => bodyOf(content, options.buttons)),
    setButtons: (channel, id, buttons, when) =>
      change(channel, id, when, () => ({ components: rowsOf(buttons) })),
    async remove(channel, id, signal) {
      const outcome = await asking.inTurn(channel, { urgency: 'final', signal }, () => {
        return (late) => rest.delete(Routes.channelMessage(channel, String(id)), { signal: late });
      });
      if (outcome.kind === 'answered') gone.set(String(id), true);
    },
    async typing(channel) {
      const now = clock.now();
      if (budget.pausedMs(channel) > 0 || now - (typedAt.get(channel) ?? -Infinity) < TYPING_GAP_MS) return;
      typedAt.set(channel, now);
      const outcome = await asking.once((signal) => rest.post(Routes.channelTyping(channel), { signal }));
      if (outcome.kind === 'wait') budget.pause(channel, outcome.seconds);
    },
  };
}
