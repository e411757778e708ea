import { Agent, request as post } from 'node:http';
import type { Call } from './call.ts';
import { badRequest } from './errors.ts';
import type { Events } from './events.ts';
import type { Pending, Updates } from './updates.ts';
import { isObject } from './wire.ts';

const DEFAULT_CONNECTIONS = 40;
const MOST_CONNECTIONS = 100;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2_000;

type Target = {
  readonly address: string;
  readonly url: URL;
  readonly secret: string | undefined;
  readonly connections: number;
};
type Trouble = { readonly date: number; readonly message: string };

/** setWebhook and the deliveries: https://core.telegram.org/bots/api#setwebhook. Only http:// is delivered to here. */
export type Webhook = {
  set(call: Call): true;
  remove(call: Call): true;
  info(): Readonly<Record<string, unknown>>;
  active(): boolean;
  close(): void;
};

/** `interrupt` ends a held poll. The updates of one chat are delivered one after the other. */
export function createWebhook(updates: Updates, events: Events, interrupt: () => void): Webhook {
  let target: Target | undefined;
  let trouble: Trouble | undefined;
  let stop = new AbortController();
  const underWay = new Map<Pending, string>();
  const agent = new Agent({ keepAlive: true });

  const begin = () => {
    if (!target || underWay.size >= target.connections) return;
    const busy = new Set(underWay.values());
    for (const pending of updates.all()) {
      if (underWay.size >= target.connections) return;
      const line = lineOf(pending.update);
      const free = !underWay.has(pending) && !busy.has(line);
      busy.add(line);
      if (!free) continue;
      underWay.set(pending, line);
      void deliver(pending, target, stop.signal);
    }
  };

  const deliver = async (pending: Pending, to: Target, signal: AbortSignal) => {
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      const status = await send(pending.update, to, signal);
      if (signal.aborted) return;
      events.emit({ type: 'delivery', id: pending.id, status });
      if (status >= 200 && status < 300) {
        underWay.delete(pending);
        updates.remove(pending);
        return begin();
      }
      const message = status ? `Wrong response from the webhook: ${status}` : 'Connection refused';
      trouble = { date: Math.floor(Date.now() / 1_000), message };
      await pause(pauseMs, signal);
    }
  };

  const send = (update: unknown, { url, secret }: Target, signal: AbortSignal): Promise<number> =>
    new Promise((resolve) => {
      const body = JSON.stringify(update) ?? 'null';
      const outgoing = post(url, {
        method: 'POST',
        agent,
        signal,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...(secret !== undefined && { 'x-telegram-bot-api-secret-token': secret }),
        },
      });
      outgoing.on('error', () => resolve(0));
      outgoing.once('response', (response) => {
        response.on('error', () => resolve(0));
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.resume();
      });
      outgoing.end(body);
    });

  const clear = () => {
    stop.abort();
    stop = new AbortController();
    underWay.clear();
    target = undefined;
    trouble = undefined;
  };

  const remove = (call: Call): true => {
    clear();
    if (call.parameters.flag('drop_pending_updates')) updates.clear();
    return true;
  };

  updates.onAdd(begin);
  return {
    set(call) {
      const { parameters } = call;
      const address = parameters.text('url') ?? '';
      if (address === '') return remove(call);
      const secret = parameters.text('secret_token');
      if (secret !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(secret)) {
        throw badRequest('secret token contains unallowed characters');
      }
      const url = URL.parse(address);
      if (url?.protocol !== 'http:') {
        throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
      }
      const connections = parameters.integer('max_connections') ?? DEFAULT_CONNECTIONS;
      const allowed = parameters.json('allowed_updates');
      clear();
      interrupt();
      if (parameters.flag('drop_pending_updates')) updates.clear();
      if (Array.isArray(allowed)) updates.allow(allowed.map(String));
      target = { address, url, secret, connections: Math.min(MOST_CONNECTIONS, Math.max(1, connections)) };
      begin();
      return true;
    },
    remove,
    info: () => ({
      url: target?.address ?? '',
      has_custom_certificate: false,
      pending_update_count: updates.all().length,
      ...(target && { max_connections: target.connections }),
      ...(trouble && { last_error_date: trouble.date, last_error_message: trouble.message }),
      ...(updates.allowed().length > 0 && { allowed_updates: updates.allowed() }),
    }),
    active: () => target !== undefined,
    close() {
      clear();
      agent.destroy();
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** What must be delivered in order: the updates of one chat, or of one person outside of chats. */
function lineOf(update: unknown): string {
  if (!isObject(update)) return '';
  for (const content of Object.values(update)) {
    if (!isObject(content)) continue;
    const message = isObject(content.message) ? content.message : content;
    const { chat } = message;
    if (isObject(chat)) return String(chat.id);
    if (isObject(content.from)) return String(content.from.id);
  }
  return '';
}
