import { RESTJSONErrorCodes as Codes, DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { OstlerError } from '../../src/errors.ts';
import { noAnswer, type Trouble } from '../../src/reply/trouble.ts';

/** Where Discord asks for a pause without saying how long. */
const PAUSE_SECONDS = 1;
/** Says that a form is wrong; there is no name for it in the list of codes. */
const LONGEST_TEXT = 'BASE_TYPE_MAX_LENGTH';
const NOT_DISCORD = 'What answers is not the API of Discord: check discord.api_url.';

const GONE: readonly unknown[] = [
  Codes.UnknownMessage,
  // The right to answer an interaction has ended.
  Codes.UnknownWebhook,
  Codes.InvalidWebhookToken,
  Codes.UnknownInteraction,
];
const UNDELIVERABLE: readonly unknown[] = [
  Codes.UnknownChannel,
  Codes.UnknownGuild,
  Codes.MissingAccess,
  Codes.MissingPermissions,
  Codes.CannotSendMessagesToThisUser,
  Codes.CannotSendMessagesInNonTextChannel,
  Codes.ThreadLocked,
  Codes.InvalidActionOnArchivedThread,
  Codes.CannotReplyWithoutPermissionToReadMessageHistory,
];

/** What discord.js threw, understood. What its errors hold (texts, addresses with tokens) goes no further. */
export function understand(error: unknown): Trouble {
  if (error instanceof RateLimitError) return { kind: 'wait', seconds: secondsOf(error) };
  if (error instanceof DiscordAPIError) return refused(error);
  if (error instanceof HTTPError) return failed(unreachable(`Discord said: ${error.status}`));
  if (isTokenMissing(error)) return failed(unreachable(TOKEN));
  return failed(unreachable(reachHint(error)));
}

function refused(error: DiscordAPIError): Trouble {
  const { code, status } = error;
  if (GONE.includes(code)) return { kind: 'gone' };
  // Discord gives every refusal a number: what has none is that of a proxy on the way.
  if (typeof code !== 'number') return failed(unreachable(`${NOT_DISCORD} It said: ${status}`));
  const said = `Discord said: ${status} ${code}${formErrors(error)}`;
  if (status === 401) return failed(unreachable(`${TOKEN} ${said}`));
  if (code === Codes.InvalidFormBodyOrContentType && said.includes(LONGEST_TEXT)) {
    return failed(
      new OstlerError('The message is longer than Discord takes.', { code: 'too_long', hint: said }),
    );
  }
  if (UNDELIVERABLE.includes(code)) {
    return failed(
      new OstlerError('Discord does not deliver to this chat.', { code: 'undeliverable', hint: said }),
    );
  }
  return failed(refusal(said));
}

const TOKEN = 'Discord does not know this token: check discord.token and discord.api_url.';

function failed(error: OstlerError): Trouble {
  return { kind: 'failed', error };
}

/** A mistake of ours: the same call would be refused again. */
export function refusal(said: string): OstlerError {
  return new OstlerError('Discord refused what Ostler asked of it.', { code: 'internal', hint: said });
}

export const unreachable = (hint: string): OstlerError => noAnswer('Discord', hint);

/** Whether Discord does not accept the token; discord.js forgets one that was refused. */
export function isTokenRefused(error: unknown): boolean {
  return (error instanceof DiscordAPIError && error.status === 401) || isTokenMissing(error);
}

function isTokenMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Expected token to be set');
}

/** Where a form was wrong, without the values: they are pieces of the text. */
function formErrors({ rawError }: DiscordAPIError): string {
  const errors = 'errors' in rawError ? rawError.errors : undefined;
  const found = [...JSON.stringify(errors ?? {}).matchAll(/"code":"(\w+)"/g)].map(([, code]) => code);
  return found.length > 0 ? ` (${found.join(', ')})` : '';
}

function reachHint(failure: unknown): string {
  if (!(failure instanceof Error) || failure instanceof SyntaxError || failure.name === 'ZodError') {
    return NOT_DISCORD;
  }
  const codes = [failure.cause, failure].map((one) => (one as { readonly code?: unknown } | undefined)?.code);
  const mark = codes.find((code) => typeof code === 'string' && /^[\w-]{1,40}$/.test(code));
  return `Is there a way to it? discord.api_url is its address${mark ? ` (${mark})` : ''}.`;
}

function secondsOf({ retryAfter, timeToReset }: RateLimitError): number {
  const ms = Math.max(retryAfter, timeToReset);
  return Number.isFinite(ms) && ms > 0 ? ms / 1_000 : PAUSE_SECONDS;
}
