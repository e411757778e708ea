import { ComponentType, TextInputStyle } from 'discord.js';
import type { Message } from '../../src/chat/message.ts';
import { passingPictures } from './pictures.ts';
import type { Interaction } from './read-interaction.ts';
import { quotedFrom } from './read-message.ts';
import { readText } from './read-text.ts';

const PREFIX = 'about:';
const INPUT = 'question';
const LONGEST_QUESTION = 2_000;
/** Who leaves the window empty wants this. */
const DEFAULT_QUESTION = 'What about this?';

/** What a question about a message is about. */
export type About = Pick<Message, 'quoted' | 'remoteImages'>;

/** A window that asks what somebody wants to know of a message; it comes back with the id. */
export function aboutWindow({ id }: Interaction) {
  const input = {
    type: ComponentType.TextInput,
    custom_id: INPUT,
    label: 'What do you want to know about it?',
    style: TextInputStyle.Paragraph,
    required: false,
    max_length: LONGEST_QUESTION,
    placeholder: DEFAULT_QUESTION,
  };
  const row = { type: ComponentType.ActionRow, components: [input] };
  return { custom_id: `${PREFIX}${id}`, title: 'Ask about this message', components: [row] };
}

/** The message that a command was given at; undefined: it came without. */
export function readAbout({ data }: Interaction, bot: string): About | undefined {
  const target = data.resolved?.messages?.[data.target_id ?? ''];
  if (!target) return undefined;
  const { content = '', author, attachments } = target;
  const quoted = quotedFrom(readText(content, { id: '' }), author, { id: bot });
  const pictures = passingPictures(attachments);
  return { ...(quoted && { quoted }), ...(pictures.length > 0 && { remoteImages: pictures }) };
}

/** What was written into the window, and which one it was; undefined: none of ours. */
export function readWindow({
  data,
}: Interaction): { readonly id: string; readonly question: string } | undefined {
  const { custom_id: name = '', components = [] } = data;
  if (!name.startsWith(PREFIX)) return undefined;
  const inputs = components.flatMap((row) => row.components ?? []);
  const question = inputs.find(({ custom_id }) => custom_id === INPUT)?.value?.trim() ?? '';
  return { id: name.slice(PREFIX.length), question: question || DEFAULT_QUESTION };
}
