import { type Api, GrammyError } from 'grammy';
import { OstlerError } from '../../src/errors.ts';
import { ALLOWED_UPDATES } from './allowed-updates.ts';
import type { ApiSignal } from './open-api.ts';

/** One after the other: the updates of a chat stay in order. */
const MAX_CONNECTIONS = 1;
const SECRET = /^[A-Za-z0-9_-]{1,256}$/;

type Registration = { readonly url: string; readonly secret: string };

/**
 * Tells Telegram where to post updates (https://core.telegram.org/bots/api#setwebhook); what waits there is
 * kept. Done at each start, because Telegram does not say which secret it knows. Throws `bad_config` where
 * Telegram refuses, a retryable `unreachable` where it did not answer.
 */
export async function registerWebhook(
  api: Pick<Api, 'setWebhook'>,
  { url, secret }: Registration,
  signal?: ApiSignal,
): Promise<void> {
  checkSecret(secret);
  try {
    const settings = {
      secret_token: secret,
      allowed_updates: ALLOWED_UPDATES,
      max_connections: MAX_CONNECTIONS,
    };
    await api.setWebhook(url, settings, signal);
  } catch (error) {
    throw notRegistered(error);
  }
}

/** Throws `bad_config`. An empty secret would let everybody in. */
export function checkSecret(secret: string): void {
  if (SECRET.test(secret)) return;
  throw new OstlerError("The secret of Telegram's webhook cannot be used.", {
    code: 'bad_config',
    hint: 'Set telegram.webhook.secret to 1 to 256 letters, digits, _ and -.',
  });
}

/** The cause of a failed request names its address, and that holds the token: it is not handed on. */
function notRegistered(error: unknown): OstlerError {
  const isRefusal = error instanceof GrammyError && error.error_code >= 400 && error.error_code < 500;
  if (isRefusal && error.error_code !== 429) {
    return new OstlerError("Telegram does not accept the webhook's address or the bot token.", {
      code: 'bad_config',
      hint: `Check telegram.webhook.url and telegram.token. It says: ${error.description}`,
    });
  }
  return new OstlerError('Telegram did not take the address of the webhook.', {
    code: 'unreachable',
    hint: error instanceof GrammyError ? `It says: ${error.description}` : 'It could not be reached.',
    retryable: true,
  });
}
