import { DiscordAPIError, type REST, Routes } from 'discord.js';
import type { RemoteFile } from '../../src/chat/message.ts';
import { OstlerError } from '../../src/errors.ts';
import { aMessage, type DiscordAttachment } from './payloads.ts';

/** No picture takes longer. */
const LIMIT_MS = 60_000;
/** Discord itself takes files that no model could read. */
const LARGEST_BYTES = 50e6;
const OF_MESSAGE = /^(\d+)\/(\d+)\/(\d+)$/;

/**
 * The bytes of a picture that a message brought. Throws `bad_input` for what is gone or too large, a retryable
 * error where it may succeed later.
 */
export async function fetchFile(rest: REST, file: RemoteFile, signal: AbortSignal): Promise<Uint8Array> {
  const ends = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  if ((file.sizeBytes ?? 0) > LARGEST_BYTES) throw notGiven('It is too large.');
  try {
    const response = await fetch(await addressOf(rest, file.id, ends), { signal: ends });
    if (!response.ok) throw response.status < 500 && response.status !== 429 ? notGiven() : notReached();
    if (Number(response.headers.get('content-length')) > LARGEST_BYTES) throw notGiven('It is too large.');
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OstlerError) throw error;
    if (error instanceof DiscordAPIError && [400, 403, 404].includes(error.status)) throw notGiven();
    throw notReached();
  }
}

async function addressOf(rest: REST, id: string, signal: AbortSignal): Promise<string> {
  const [, channel, message, attachment] = OF_MESSAGE.exec(id) ?? [];
  if (!channel || !message) return id;
  const { data: sent } = aMessage.safeParse(
    await rest.get(Routes.channelMessage(channel, message), { signal }),
  );
  const forwarded = sent?.message_snapshots?.flatMap((one) => one.message.attachments ?? []) ?? [];
  const all: readonly DiscordAttachment[] = [...(sent?.attachments ?? []), ...forwarded];
  const found = all.find((one) => one.id === attachment);
  if (!found) throw notGiven();
  return found.url;
}

function notGiven(hint = 'Send it again.'): OstlerError {
  return new OstlerError('Discord does not give that picture.', { code: 'bad_input', hint });
}

function notReached(): OstlerError {
  return new OstlerError('The picture could not be fetched from Discord.', {
    code: 'server_error',
    hint: 'Discord cannot be reached.',
    retryable: true,
  });
}
