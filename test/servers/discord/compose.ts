import type { Call } from './call.ts';
import { checkMessage, checkNotEmpty, keptAttachments, SILENT, SUPPRESS_EMBEDS } from './check-message.ts';
import { wrongField } from './form.ts';
import type { Change, NewMessage } from './make-message.ts';
import type { Attachment, ChatMessage } from './message.ts';
import type { ChannelState } from './state.ts';
import { isObject, type Json, objectsIn } from './wire.ts';
import type { World } from './world.ts';

/** The body of a new message, checked. Throws a 400. */
export function readNew(world: World, body: Json, call: Call, path = ''): NewMessage {
  checkMessage(body, path);
  checkNotEmpty(body, call.files.length);
  const { nonce } = body;
  return {
    from: world.bot,
    text: textOf(body.content),
    embeds: embedsIn(body),
    components: objectsIn(body.components),
    attachments: uploads(world, call, body),
    flags: Number(body.flags ?? 0) & (SUPPRESS_EMBEDS | SILENT),
    allowed: isObject(body.allowed_mentions) ? body.allowed_mentions : undefined,
    ...((typeof nonce === 'string' || typeof nonce === 'number') && { nonce }),
  };
}

/** The body of an edit, checked: what it does not name stays. Throws a 400. */
export function readChange(world: World, message: ChatMessage, body: Json, call: Call, path = ''): Change {
  checkMessage(body, path);
  const kept = keptAttachments(body);
  const attachments = [
    ...message.attachments.filter(({ id }) => kept === undefined || kept.includes(id)),
    ...uploads(world, call, body),
  ];
  const changesFiles = kept !== undefined || call.files.length > 0;
  const change: Change = {
    ...('content' in body && { text: textOf(body.content) }),
    ...('embeds' in body && { embeds: embedsIn(body) }),
    ...('components' in body && { components: objectsIn(body.components) }),
    ...(changesFiles && { attachments }),
    ...('flags' in body && { flags: withEmbedsFlag(message.flags, Number(body.flags)) }),
    ...(isObject(body.allowed_mentions) && { allowed: body.allowed_mentions }),
  };
  const shown = { ...message, ...change };
  const content = { content: shown.text, embeds: shown.embeds, components: shown.components };
  checkNotEmpty(content, shown.attachments.length);
  return change;
}

/**
 * The message that this one answers; undefined where there is none, or it is gone and that is allowed.
 * https://docs.discord.com/developers/resources/message#message-reference-structure
 */
export function findReplied(channel: ChannelState, body: Json): ChatMessage | undefined {
  const reference = body.message_reference;
  if (!isObject(reference)) return undefined;
  const replied = channel.messages.get(String(reference.message_id));
  if (replied && replied.visibleTo === undefined) {
    if (replied.type !== 0 && replied.type < 19) {
      throw wrongField(
        'message_reference',
        'REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE',
        'Cannot reply to a system message',
      );
    }
    return replied;
  }
  if (reference.fail_if_not_exists === false) return undefined;
  throw wrongField('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
}

function uploads(world: World, call: Call, body: Json): readonly Attachment[] {
  const described = objectsIn(body.attachments);
  return call.files.map(({ place, name, type, bytes }) => {
    const filename = described.find(({ id }) => String(id) === place)?.filename;
    return world.files.add({ name: typeof filename === 'string' ? filename : name, type, bytes });
  });
}

function embedsIn({ embeds }: Json): readonly Json[] {
  return objectsIn(embeds).map((embed) => ({ type: 'rich', ...embed }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function withEmbedsFlag(flags: number, wanted: number): number {
  return (flags & ~SUPPRESS_EMBEDS) | (wanted & SUPPRESS_EMBEDS);
}
