import { createHash, randomUUID } from 'node:crypto';
import { MessageFlags } from 'discord.js';
import { z } from 'zod';
import type { Buttons, Contents, SendOptions } from '../../src/reply/messages.ts';
import { rowsOf } from './components.ts';

/** https://docs.discord.com/developers/resources/message#create-message */
const LONGEST_NONCE = 25;
/** Whatever a model writes mentions nobody but, in a reply, who is answered. An edit never rings. */
const ALLOWED = { parse: [], replied_user: true } as const;

const sent = z.object({ id: z.string().min(1), content: z.string().optional().catch(undefined) });

/** Whoever stands in for Discord may answer with anything. Throws where there is no message. */
export function sentOf(answer: unknown): z.infer<typeof sent> {
  return sent.parse(answer);
}

/** The same of whatever has an id. */
export function idOf(answer: unknown): string {
  return sentOf(answer).id;
}

export function bodyOf(contents: Contents, buttons: Buttons | undefined) {
  const { markup } = typeof contents === 'function' ? contents() : contents;
  return {
    content: markup,
    allowed_mentions: ALLOWED,
    flags: MessageFlags.SuppressEmbeds as number,
    components: rowsOf(buttons),
  };
}

/** What only a new message says. */
export function newBodyOf(contents: Contents, { buttons, silent, replyTo }: SendOptions) {
  const body = bodyOf(contents, buttons);
  return {
    ...body,
    // Who is answered is told once, by the message that rings.
    allowed_mentions: { ...ALLOWED, replied_user: !silent },
    flags: body.flags | (silent ? MessageFlags.SuppressNotifications : 0),
    ...(replyTo !== undefined && {
      message_reference: { message_id: String(replyTo), fail_if_not_exists: false },
    }),
  };
}

/** Discord sends what has the same nonce once. Without a key, only the attempts of one sending are the same. */
export function nonceOf(key: string | undefined): string {
  const digest = createHash('sha256')
    .update(key ?? randomUUID())
    .digest('base64url');
  return digest.slice(0, LONGEST_NONCE);
}
