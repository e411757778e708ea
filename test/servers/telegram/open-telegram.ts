import { Api, GrammyError } from 'grammy';
import { onTestFinished } from 'vitest';
import { createTelegram, type Telegram, type TelegramOptions } from './telegram.ts';

/** A Telegram that ends with the test, and an unmodified client of it. */
export async function openTelegram(options: TelegramOptions = {}) {
  const telegram = await createTelegram(options);
  onTestFinished(() => telegram.close());
  return { telegram, api: new Api(telegram.token, { apiRoot: telegram.url }) };
}

/** The same, with one person and their chat. */
export async function openDirect() {
  const { telegram, api } = await openTelegram();
  const ada = telegram.person({ name: 'Ada', username: 'adalove' });
  const chat = ada.directChat();
  return { telegram, api, ada, chat, id: chat.id };
}

/** The description of the error that a call ends with. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof GrammyError)) throw new Error(`No refusal but ${String(error)}`);
  return error.description;
}

/** Calls a method as another program would. */
export async function callPlainly(telegram: Telegram, method: string, init: RequestInit = {}) {
  const response = await fetch(`${telegram.url}/bot${telegram.token}/${method}`, init);
  const body = (await response.json()) as { ok: boolean; result?: unknown; description?: string };
  return { status: response.status, ...body };
}

/** grammY's types name the AbortSignal of an older package. */
export function signalOf({ signal }: AbortController) {
  return signal as unknown as NonNullable<Parameters<Api['getMe']>[0]>;
}
