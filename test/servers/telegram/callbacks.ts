import type { Method } from './call.ts';
import { badRequest } from './errors.ts';
import type { Events } from './events.ts';

/** A person's client waits no longer for what a button does. */
const LONGEST_WAIT_MS = 15_000;
const LONGEST_TEXT = 200;

/** What the person sees after a press. */
export type CallbackAnswer = {
  readonly text: string | undefined;
  readonly alert: boolean;
  readonly url: string | undefined;
};

export type Callbacks = {
  readonly methods: Readonly<Record<string, Method>>;
  /** Begins a query; `answer` resolves once the bot has answered it. */
  ask(chat: number): { readonly id: string; readonly answer: Promise<CallbackAnswer> };
};

export function createCallbacks(now: () => number, events: Events): Callbacks {
  const open = new Map<
    string,
    { readonly chat: number; readonly askedAtMs: number; readonly resolve: (answer: CallbackAnswer) => void }
  >();
  let last = 0;
  return {
    ask(chat) {
      last += 1;
      const id = String(7_000_000_000 + last);
      const { promise, resolve } = Promise.withResolvers<CallbackAnswer>();
      open.set(id, { chat, askedAtMs: now(), resolve });
      return { id, answer: promise };
    },
    methods: {
      answerCallbackQuery: ({ parameters }) => {
        const id = parameters.text('callback_query_id') ?? '';
        const text = parameters.text('text') || undefined;
        const query = open.get(id);
        if (!query || now() - query.askedAtMs > LONGEST_WAIT_MS) {
          throw badRequest('query is too old and response timeout expired or query ID is invalid');
        }
        if (text !== undefined && text.length > LONGEST_TEXT) throw badRequest('MESSAGE_TOO_LONG');
        open.delete(id);
        query.resolve({ text, alert: parameters.flag('show_alert'), url: parameters.text('url') });
        events.emit({ type: 'callback-answer', chat: query.chat, text });
        return true;
      },
    },
  };
}
