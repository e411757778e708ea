import { GrammyError, HttpError } from 'grammy';
import { OstlerError } from '../../src/errors.ts';
import { noAnswer, type Trouble } from '../../src/reply/trouble.ts';

/** Where Telegram asks for a pause without saying how long. */
const PAUSE_SECONDS = 5;
const NOT_TELEGRAM = 'What answers is not the Bot API: check telegram.api_url.';

const UNPARSABLE = /can't parse entities/i;
const UNMODIFIED = /message is not modified/i;
const GONE = /message to (edit|delete) not found|message can't be (edited|deleted)|MESSAGE_ID_INVALID/i;
const TOO_LONG = /message is too long|MESSAGE_TOO_LONG/i;
const UNDELIVERABLE = [
  /(chat|user|message thread) not found|PEER_ID_INVALID/i,
  /TOPIC_(CLOSED|DELETED)|topic (is |was )?(closed|deleted)/i,
  /not enough rights|no rights|not a member/i,
  /CHAT_(\w+_FORBIDDEN|ADMIN_REQUIRED|RESTRICTED)|CHANNEL_PRIVATE|USER_(BANNED_IN_CHANNEL|IS_BLOCKED|DEACTIVATED)/,
];

/**
 * What grammY threw, understood. Descriptions are those of the Bot API server, which documents none of them.
 * What grammY's errors hold (texts, addresses with the token) goes no further.
 */
export function understand(error: unknown): Trouble {
  if (error instanceof GrammyError) return refused(error);
  // What grammY itself stumbles over is an answer without the form of one.
  const hint = error instanceof HttpError ? reachHint(error.error) : NOT_TELEGRAM;
  return { kind: 'failed', error: unreachable(hint) };
}

function refused({ error_code: status, description, parameters }: GrammyError): Trouble {
  if (typeof status !== 'number') return { kind: 'failed', error: unreachable(NOT_TELEGRAM) };
  if (status === 429) return { kind: 'wait', seconds: secondsOf(parameters?.retry_after) };
  if (parameters?.migrate_to_chat_id) return { kind: 'moved', chat: String(parameters.migrate_to_chat_id) };
  const said = `Telegram said: ${status} ${withoutQuotes(description)}`;
  if (status === 400) {
    if (UNPARSABLE.test(description)) return { kind: 'unparsable', error: refusal(said) };
    if (UNMODIFIED.test(description)) return { kind: 'unmodified' };
    if (GONE.test(description)) return { kind: 'gone' };
  }
  return { kind: 'failed', error: failureOf({ status, description, said }) };
}

function failureOf(answer: {
  readonly status: number;
  readonly description: string;
  readonly said: string;
}): OstlerError {
  const { status, description, said } = answer;
  if (status === 401 || status === 404) {
    return unreachable(
      `Telegram does not know this token: check telegram.token and telegram.api_url. ${said}`,
    );
  }
  if (status === 413 || TOO_LONG.test(description)) {
    return new OstlerError('The message is longer than Telegram takes.', { code: 'too_long', hint: said });
  }
  if (status === 403 || (status === 400 && UNDELIVERABLE.some((sign) => sign.test(description)))) {
    return new OstlerError('Telegram does not deliver to this chat.', { code: 'undeliverable', hint: said });
  }
  if (status >= 400 && status < 500) return refusal(said);
  return unreachable(said);
}

/** A mistake of ours: the same call would be refused again. */
export function refusal(said: string): OstlerError {
  return new OstlerError('Telegram refused what Ostler asked of it.', { code: 'internal', hint: said });
}

export const unreachable = (hint: string): OstlerError => noAnswer('Telegram', hint);

/** Only the error's code: its message holds the address, and with it the token. */
function reachHint(failure: unknown): string {
  if (failure instanceof SyntaxError) return NOT_TELEGRAM;
  // Node's fetch says only in the cause what happened to the connection.
  const causes = failure instanceof Error ? [failure.cause, failure] : [];
  const codes = causes.map((cause) => (cause as { readonly code?: unknown } | undefined)?.code);
  const mark = codes.find((code) => typeof code === 'string' && /^[\w-]{1,40}$/.test(code));
  return `Is there a way to it? telegram.api_url is its address${mark ? ` (${mark})` : ''}.`;
}

function secondsOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : PAUSE_SECONDS;
}

/** What stands in quotation marks is a piece of the text. */
function withoutQuotes(description: unknown): string {
  return String(description ?? '').replace(/".*"/s, '"…"');
}
