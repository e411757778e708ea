import type { Messages } from '../../src/reply/messages.ts';
import type { Calls } from './calls.ts';
import { targetOf } from './target.ts';

/** Telegram numbers its messages. */
export function createMessages(calls: Calls): Messages {
  return {
    send: ({ address }, content, { replyTo, ...options }) =>
      calls.send(targetOf(address), content, {
        ...options,
        ...(replyTo !== undefined && { replyTo: Number(replyTo) }),
      }),
    edit: ({ address }, id, content, options) => calls.edit(targetOf(address), Number(id), content, options),
    setButtons: ({ address }, id, buttons, when) =>
      calls.setButtons(targetOf(address), Number(id), buttons, when),
    remove: ({ address }, id, signal) => calls.remove(targetOf(address), Number(id), signal),
    typing: ({ address }) => calls.typing(targetOf(address)),
  };
}
