import { createHash } from 'node:crypto';
import { MessageFlags } from 'discord.js';
import type { Via } from '../../src/chat/message.ts';
import type { Outcome } from '../../src/reply/ask-in-turn.ts';
import type {
  Buttons,
  Contents,
  EditOptions,
  MessageId,
  SendOptions,
  When,
} from '../../src/reply/messages.ts';
import type { Calls } from './channel-messages.ts';
import { rowsOf } from './components.ts';
import { bodyOf, idOf, newBodyOf } from './message-body.ts';

/** The first answer to an interaction: "is thinking…", or the message whose button was pressed. */
export const ORIGINAL = '@original';

/**
 * Messages by the token of an interaction (https://docs.discord.com/developers/interactions/receiving-and-responding):
 * `ended` where it opens nothing any more. Discord counts them for each token, not for the channel.
 */
export type TokenMessages = {
  /** The first one takes the place of "is thinking…". */
  send(via: Via, content: Contents, options: SendOptions): Promise<string | 'ended'>;
  edit(via: Via, id: MessageId, content: Contents, options: EditOptions): Promise<'edited' | 'ended'>;
  setButtons(via: Via, id: MessageId, buttons: Buttons | undefined, when: When): Promise<'edited' | 'ended'>;
  remove(via: Via, id: MessageId, signal?: AbortSignal): Promise<'removed' | 'ended'>;
};

export function createTokenMessages({ rest, asking }: Pick<Calls, 'rest' | 'asking'>): TokenMessages {
  const messagePath = ({ token }: Via, id: MessageId) => `/webhooks/${token}/messages/${id}` as const;

  async function change(via: Via, id: MessageId, when: When, body: () => object) {
    const outcome = await asking.inTurn(turnOf(via), when, () => {
      const made = body();
      return (signal) => rest.patch(messagePath(via, id), { body: made, auth: false, signal });
    });
    return outcome.kind === 'answered' ? 'edited' : 'ended';
  }

  return {
    async send(via, content, options) {
      const outcome: Outcome<string> = await asking.inTurn(turnOf(via), options, () => {
        const { message_reference: _, ...body } = newBodyOf(content, options);
        const flags = body.flags | (via.private ? MessageFlags.Ephemeral : 0);
        const request = { body: { ...body, flags }, auth: false } as const;
        return async (signal) => idOf(await rest.post(`/webhooks/${via.token}`, { ...request, signal }));
      });
      return outcome.kind === 'answered' ? outcome.value : 'ended';
    },
    edit: (via, id, content, options) => change(via, id, options, () => bodyOf(content, options.buttons)),
    setButtons: (via, id, buttons, when) => change(via, id, when, () => ({ components: rowsOf(buttons) })),
    async remove(via, id, signal) {
      const outcome = await asking.inTurn(turnOf(via), { urgency: 'final', signal }, () => {
        return (late) => rest.delete(messagePath(via, id), { auth: false, signal: late });
      });
      return outcome.kind === 'answered' ? 'removed' : 'ended';
    },
  };
}

/** A name for its turns; the token itself goes nowhere else. */
function turnOf({ token }: Via): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16);
}
