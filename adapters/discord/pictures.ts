import type { RemoteFile } from '../../src/chat/message.ts';
import type { DiscordAttachment } from './payloads.ts';

const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

export function isPicture({ content_type = '' }: DiscordAttachment): boolean {
  return PICTURE_TYPES.includes(mediaTypeOf(content_type));
}

/** Addresses of attachments expire: a picture is known by its message, which is asked for a new one. */
export function picturesOf(
  attachments: readonly DiscordAttachment[] | undefined,
  message: { readonly channel: string; readonly id: string },
): readonly RemoteFile[] {
  return remoteFiles(attachments, ({ id }) => `${message.channel}/${message.id}/${id}`);
}

/** What came with an interaction lies in no message that can be asked for: its address lives for long enough. */
export function passingPictures(
  attachments: readonly DiscordAttachment[] | undefined,
): readonly RemoteFile[] {
  return remoteFiles(attachments, ({ url }) => url);
}

function remoteFiles(
  attachments: readonly DiscordAttachment[] = [],
  idOf: (attachment: DiscordAttachment) => string,
): readonly RemoteFile[] {
  return attachments.filter(isPicture).map((attachment) => ({
    id: idOf(attachment),
    mediaType: mediaTypeOf(attachment.content_type ?? ''),
    ...(attachment.size !== undefined && { sizeBytes: attachment.size }),
  }));
}

/** It may say more: `image/png; name=…`. */
function mediaTypeOf(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}
