/** What people send that holds nothing for a model; the first that fits names it. */
const KINDS: readonly (readonly [field: string, what: string])[] = [
  ['sticker', 'a sticker'],
  ['voice', 'a voice message'],
  ['video_note', 'a video message'],
  ['video', 'a video'],
  ['audio', 'an audio file'],
  // An animation is a document too, a venue a location.
  ['animation', 'an animation'],
  ['document', 'a file'],
  ['venue', 'a place'],
  ['location', 'a location'],
  ['contact', 'a contact'],
  ['poll', 'a poll'],
  ['checklist', 'a checklist'],
  ['dice', 'a throw of dice'],
  ['game', 'a game'],
  ['story', 'a story'],
  ['paid_media', 'paid media'],
  ['rich_message', 'a rich message'],
];

/** Undefined where nobody sent anything: service messages. */
export function unreadableKind(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  return KINDS.find(([field]) => Object.hasOwn(message, field))?.[1];
}
