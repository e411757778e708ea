import { isDeepStrictEqual } from 'node:util';
import { hasPictures, type Message } from '../chat/message.ts';

/** Whether a message is a further piece of the question that waits. `now`: milliseconds since 1970. */
export function continues(question: Message, next: Message, now: number): boolean {
  const { gather } = question;
  return gather !== undefined && gather.key === next.gather?.key && now < gather.until;
}

/** Whether two questions of one person may be answered as one: nothing but their words sets them apart. */
export function goTogether(question: Message, next: Message): boolean {
  const isPlain = ({ quoted, forwardedFrom, insteadOf, gather }: Message) =>
    quoted === undefined && forwardedFrom === undefined && insteadOf === undefined && gather === undefined;
  return (
    question.kind === 'direct' &&
    question.person.id === next.person.id &&
    question.model === next.model &&
    (question.standalone ?? false) === (next.standalone ?? false) &&
    isDeepStrictEqual(question.cache, next.cache) &&
    isPlain(question) &&
    isPlain(next) &&
    !hasPictures(next)
  );
}

/** The question with one more piece. */
export function join(question: Message, next: Message): Message {
  const parts = [...partsOf(question), { id: next.id, text: next.text }];
  return {
    ...question,
    ...(next.gather && { gather: next.gather }),
    text: textOf(parts),
    images: [...question.images, ...next.images],
    remoteImages: [...(question.remoteImages ?? []), ...(next.remoteImages ?? [])],
    parts,
  };
}

/** The question after one of its messages was edited. */
export function rewrite(question: Message, edited: Message): Message {
  const { gather, sentAt } = question;
  if (!question.parts) return { ...edited, ...(gather && { gather }), sentAt };
  const parts = question.parts.map((part) =>
    part.id === edited.id ? { id: part.id, text: edited.text } : part,
  );
  return { ...question, text: textOf(parts), parts };
}

/** The question as one message, of whatever pieces it was made. */
export function asOne({ parts: _parts, gather: _gather, ...message }: Message): Message {
  return message;
}

function partsOf({ id, text, parts }: Message): NonNullable<Message['parts']> {
  return parts ?? [{ id, text }];
}

/** Clients cut at the end of a line; the parts of an album are captions, most of them empty. */
function textOf(parts: NonNullable<Message['parts']>): string {
  return parts
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join('\n');
}
