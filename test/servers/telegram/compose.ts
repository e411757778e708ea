import type { ChatState } from './chat-state.ts';
import type { Files } from './files.ts';
import type { NewMessage } from './make-message.ts';
import type { ChatMessage } from './message.ts';
import { finish } from './text.ts';
import type { Content, Entity, WireUser } from './wire.ts';

const THUMBNAIL = new Uint8Array([0xff, 0xd8, 0xff, 0xd9]);

/** What a person may add to a message. The text is the caption where there is a picture or a file. */
export type SendOptions = {
  readonly replyTo?: ChatMessage;
  /** A part of the message that is replied to. */
  readonly quote?: string;
  readonly entities?: readonly Entity[];
  /** The topic; left out: General. */
  readonly thread?: number;
  readonly photo?: Uint8Array;
  readonly document?: { readonly name: string; readonly mimeType: string; readonly bytes: Uint8Array };
  /** Messages with the same one are an album. */
  readonly mediaGroup?: string;
  /** A person's name, or a person that can be linked to. */
  readonly forwardFrom?: string | { readonly user: WireUser };
  /** A bot's username, without @. */
  readonly viaBot?: string;
  /** Further fields of the Message, as they are. */
  readonly fields?: Content;
};

type Composition = {
  readonly files: Files;
  readonly state: ChatState;
  readonly from: WireUser;
  readonly text: string;
  readonly options: SendOptions;
};

export function compose({ files, state, from, text, options }: Composition): NewMessage {
  const { replyTo, quote, thread } = options;
  const current = replyTo && (state.messages.get(replyTo.id) ?? replyTo);
  const formatted = finish({ text, entities: options.entities ?? [] });
  const fields = {
    ...media(files, options),
    ...(options.mediaGroup !== undefined && { media_group_id: options.mediaGroup }),
    ...(options.forwardFrom !== undefined && { forward_origin: origin(options.forwardFrom) }),
    ...(options.viaBot !== undefined && {
      via_bot: { id: 9_000, is_bot: true, first_name: options.viaBot, username: options.viaBot },
    }),
    ...options.fields,
  };
  return { from, ...formatted, replyTo: current, quote, thread: thread ?? threadOf(state, current), fields };
}

/** Replies in a supergroup carry the thread of their first message, without being in a topic. */
function threadOf({ type, isForum }: ChatState, replyTo: ChatMessage | undefined): number | undefined {
  if (type !== 'supergroup' || !replyTo) return undefined;
  return isForum ? replyTo.thread : (replyTo.thread ?? replyTo.id);
}

function media(files: Files, { photo, document }: SendOptions): Content {
  if (photo) {
    const small = { ...files.add('photos', 'small.jpg', THUMBNAIL), width: 90, height: 68 };
    return { photo: [small, { ...files.add('photos', 'photo.jpg', photo), width: 1280, height: 960 }] };
  }
  if (!document) return {};
  const file = files.add('documents', document.name, document.bytes);
  return { document: { ...file, file_name: document.name, mime_type: document.mimeType } };
}

function origin(from: string | { readonly user: WireUser }): Content {
  const date = Math.floor(Date.now() / 1_000);
  if (typeof from === 'string') return { type: 'hidden_user', sender_user_name: from, date };
  return { type: 'user', sender_user: from.user, date };
}
