import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { OstlerError } from '../../../src/errors.ts';
import type { Buttons, Contents, Messages } from '../../../src/reply/messages.ts';

/** What a client is told, one JSON object a line. */
export type ToClient =
  | { readonly kind: 'new' | 'edited'; readonly id: string; readonly text: string; readonly buttons: Buttons }
  | { readonly kind: 'buttons'; readonly id: string; readonly buttons: Buttons }
  | { readonly kind: 'removed'; readonly id: string }
  | { readonly kind: 'typing' }
  /** What a press came to. */
  | { readonly kind: 'told'; readonly id: string; readonly text: string; readonly alert: boolean }
  /** What became of the line with this id: it is kept, it must be sent again, or it is none of ours. */
  | { readonly kind: 'taken' | 'again' | 'unknown'; readonly id?: string };

/** The latest connection of each name. */
export type Connections = Map<string, Socket>;

export function tell(socket: Socket | undefined, line: ToClient): boolean {
  if (!socket?.writable) return false;
  socket.write(`${JSON.stringify(line)}\n`);
  return true;
}

export function createMessages(connections: Connections): Messages {
  function show(name: string, line: ToClient): void {
    if (tell(connections.get(name), line)) return;
    throw new OstlerError('Nobody is connected to Wire by that name.', {
      code: 'unreachable',
      retryable: true,
    });
  }

  return {
    async send({ address }, content, { buttons = [], key }) {
      const id = key ?? randomUUID();
      show(address.chat, { kind: 'new', id, text: textOf(content), buttons });
      return id;
    },
    async edit({ address }, id, content, { buttons = [] }) {
      show(address.chat, { kind: 'edited', id: String(id), text: textOf(content), buttons });
      return 'edited';
    },
    async setButtons({ address }, id, buttons = []) {
      show(address.chat, { kind: 'buttons', id: String(id), buttons });
      return 'edited';
    },
    async remove({ address }, id) {
      show(address.chat, { kind: 'removed', id: String(id) });
    },
    async typing({ address }) {
      tell(connections.get(address.chat), { kind: 'typing' });
    },
  };
}

function textOf(content: Contents): string {
  return (typeof content === 'function' ? content() : content).markup;
}
