/** An answer with `ok: false`: https://core.telegram.org/bots/api#making-requests */
export class TelegramError extends Error {
  readonly status: number;
  readonly parameters: Readonly<Record<string, unknown>> | undefined;

  constructor(status: number, description: string, parameters?: Readonly<Record<string, unknown>>) {
    super(description);
    this.status = status;
    this.parameters = parameters;
  }
}

export function badRequest(what: string): TelegramError {
  return new TelegramError(400, `Bad Request: ${what}`);
}

export function unauthorized(): TelegramError {
  return new TelegramError(401, 'Unauthorized');
}

export function forbidden(what: string): TelegramError {
  return new TelegramError(403, `Forbidden: ${what}`);
}

export function conflict(what: string): TelegramError {
  return new TelegramError(409, `Conflict: ${what}`);
}

export function tooMany(seconds: number): TelegramError {
  return new TelegramError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}
