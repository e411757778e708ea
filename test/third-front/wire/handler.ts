import { z } from 'zod';
import { createAttend } from '../../../src/attend/attend.ts';
import type { Deed, Told } from '../../../src/attend/happening.ts';
import { pressedMessage } from '../../../src/attend/pressed-message.ts';
import { createSaying } from '../../../src/attend/saying.ts';
import type { Front } from '../../../src/chat/front.ts';
import type { Address, Message } from '../../../src/chat/message.ts';
import type { Surroundings } from '../../../src/ports/chat.ts';
import type { Edits } from '../../../src/reply/edits.ts';
import type { Messages } from '../../../src/reply/messages.ts';
import { type Connections, tell } from './messages.ts';
import { WIRE } from './platform.ts';

/** What an id of a person must be for `/approve` and `/block` to take it. */
const name = z.string().regex(/^[\w-]{1,64}$/);
const who = { id: z.string().min(1), from: name };

/** What a client says, one JSON object a line. `on`: the message whose button was pressed. */
export const fromClient = z.union([
  z.strictObject({ ...who, text: z.string() }),
  z.strictObject({ ...who, press: z.string(), on: z.string().optional() }),
  z.strictObject({ ...who, command: z.string(), argument: z.string().default('') }),
]);
export type FromClient = z.infer<typeof fromClient>;

type Needs = Surroundings & {
  readonly front: Front;
  readonly messages: Messages;
  readonly connections: Connections;
  readonly edits: Edits;
};

/** Resolves once what the client did is durable; throws where the client must send it again. */
export function createHandler(needs: Needs): (said: FromClient) => Promise<Told | undefined> {
  const { front, messages, connections, edits, store, clock, logger } = needs;
  const attend = createAttend({ front, edits, store, clock, bot: 'wire' });
  const say = createSaying({ messages, platform: WIRE, clock, logger });

  function deedOf(said: FromClient, address: Address, person: Message['person']): Deed {
    const { id, from } = said;
    if ('press' in said) {
      return {
        kind: 'pressed',
        data: said.press,
        on:
          said.on === undefined
            ? undefined
            : pressedMessage({ address }, said.on, { messages, platform: WIRE, clock, logger }),
        tell: (text, alert) => void tell(connections.get(from), { kind: 'told', id, text, alert }),
      };
    }
    if ('command' in said) return { kind: 'command', name: said.command, argument: said.argument };
    const sentAt = clock.wall();
    const message = { id, address, person, kind: 'direct', text: said.text, images: [], sentAt } as const;
    return { kind: 'asked', message };
  }

  return (said) => {
    const address = { platform: WIRE.id, chat: said.from };
    const person = { id: said.from, name: said.from };
    return attend({
      presence: { address, person, kind: 'direct', places: [], roles: [] },
      id: `${said.from}:${said.id}`,
      isAdmin: async () => false,
      respond: say({ address }, { group: false }),
      did: deedOf(said, address, person),
    });
  };
}
