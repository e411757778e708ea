import { GrammyError } from 'grammy';
import { OstlerError } from '../../src/errors.ts';
import { type ApiSignal, openApi } from './open-api.ts';

const LIMIT_MS = 10_000;

/** Who the bot is. Throws `bad_config` where the token is not valid, `unreachable` where nobody answers. */
export async function inspectTelegram(token: string, apiUrl: string): Promise<{ username: string }> {
  const api = openApi(token, apiUrl);
  return api.getMe(AbortSignal.timeout(LIMIT_MS) as ApiSignal).catch((error: unknown) => {
    throw toTrouble(error);
  });
}

/** What was thrown may name the address, and that holds the token: it is not handed on. */
function toTrouble(error: unknown): OstlerError {
  if (error instanceof GrammyError && (error.error_code === 401 || error.error_code === 404)) {
    return new OstlerError("Telegram does not accept the bot's token.", {
      code: 'bad_config',
      hint: 'Copy it from BotFather once more (telegram.token, TELEGRAM_TOKEN).',
    });
  }
  return new OstlerError('Telegram cannot be reached.', {
    code: 'unreachable',
    hint: 'Is this machine online, and telegram.api_url right?',
  });
}
