import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { OstlerError, toFailure } from '../../../src/errors.ts';
import type { ChatPlatform, Surroundings } from '../../../src/ports/chat.ts';
import { openChatReplies } from '../../../src/reply/chat-replies.ts';
import { createEdits } from '../../../src/reply/edits.ts';
import { createHandler, type FromClient, fromClient } from './handler.ts';
import { type Connections, createMessages, tell } from './messages.ts';
import { WIRE } from './platform.ts';

/** A chat of one JSON object a line, on a port of this machine. Everybody is believed who they say they are. */
export function openWire({ port }: { readonly port: number }, around: Surroundings): ChatPlatform {
  const { store, clock, logger } = around;
  const connections: Connections = new Map();
  const messages = createMessages(connections);
  const edits = createEdits({ messages, store, logger, platform: WIRE.id });
  const replies = openChatReplies({ messages, platform: WIRE, edits, ...around }, () => ({ grows: true }));

  return {
    chat: {
      openReply: replies.open,
      say: replies.say,
      async fetchFile() {
        throw new OstlerError('Wire has no pictures.', { code: 'bad_input' });
      },
    },
    async listen(front) {
      const handle = createHandler({ front, messages, connections, edits, store, clock, logger });
      const open = new Map<Socket, { stop(): void; readonly ended: Promise<void> }>();

      async function take(socket: Socket, line: string): Promise<void> {
        const said = read(line);
        if (!said) return void tell(socket, { kind: 'unknown' });
        connections.set(said.from, socket);
        try {
          const told = await handle(said);
          if (told) logger.info(told.fields, told.what);
          tell(socket, { kind: 'taken', id: said.id });
        } catch (error) {
          logger.warn({ ...toFailure(error) }, 'a line must come again');
          tell(socket, { kind: 'again', id: said.id });
        }
      }

      const server = createServer((socket) => {
        const lines = createInterface({ input: socket });
        const takeAll = async () => {
          for await (const line of lines) await take(socket, line);
        };
        open.set(socket, { stop: () => lines.close(), ended: takeAll().catch(() => {}) });
        socket.on('error', (error) => logger.debug({ error: error.message }, 'a connection broke'));
        socket.once('close', () => {
          open.delete(socket);
          for (const [name, latest] of connections) if (latest === socket) connections.delete(name);
        });
      });
      try {
        await once(server.listen(port, '127.0.0.1'), 'listening');
      } catch (cause) {
        throw new OstlerError(`Wire cannot listen on port ${port}.`, { code: 'bad_config', cause });
      }
      logger.info({ port: (server.address() as AddressInfo).port }, 'Wire listens');

      return {
        state: () => 'ready',
        async close() {
          server.close();
          for (const { stop } of open.values()) stop();
          await Promise.all([...open.values()].map(({ ended }) => ended));
          await replies.leave();
          for (const socket of open.keys()) socket.destroySoon();
        },
      };
    },
  };
}

function read(line: string): FromClient | undefined {
  try {
    return fromClient.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
