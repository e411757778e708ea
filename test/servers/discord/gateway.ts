import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type Connection,
  createConnection,
  HEARTBEAT,
  INVALID_SESSION,
  type Lobby,
  RECONNECT,
} from './connection.ts';
import type { Events } from './events.ts';
import { openGatewayPort } from './gateway-port.ts';
import { INTENTS, type Privileged } from './intents.ts';
import { createSessions, type Session, type Sessions } from './sessions.ts';
import { acceptWebSocket, type ServerSocket } from './web-socket.ts';

/** The versions that the real one still takes. */
const VERSIONS = ['8', '9', '10'];

type Open = { readonly socket: ServerSocket; readonly connection: Connection };

type SeenSession = {
  readonly id: string;
  readonly intents: number;
  /** The number of its last dispatch. */
  readonly seq: number;
  readonly connected: boolean;
};

/** The gateway, as tests see and disturb it. */
export type GatewayControls = {
  /** Those that are open or can be resumed. */
  sessions(): readonly SeenSession[];
  /** How often each happened. */
  counts(): { readonly identifies: number; readonly resumes: number; readonly heartbeats: number };
  connections(): number;
  /** Ends every connection without a word. */
  cut(): void;
  /** Sends half of a frame on every connection, and ends it. */
  cutInFrame(): void;
  /** Closes every connection with this code. */
  close(code: number): void;
  /** Tells every client to come again and resume. */
  reconnect(): void;
  /** INVALID_SESSION to all; where it is not resumable, the session is over. */
  invalidate(resumable: boolean): void;
  /** All sessions are over, which clients learn when they try to resume. */
  forgetSessions(): void;
  /** False: heartbeats get no answer any more. */
  acknowledge(heartbeats: boolean): void;
  /** Asks every client for a heartbeat at once. */
  askForHeartbeat(): void;
  /** Refuses connections and cuts those that are open; sessions stay. */
  goAway(): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
};

type Gateway = {
  readonly url: string;
  readonly controls: GatewayControls;
  readonly sessions: Sessions;
  close(): Promise<void>;
};

type Parts = {
  readonly host: string;
  readonly events: Events;
  readonly heartbeatMs: number;
  readonly privileged: readonly Privileged[];
  readonly isToken: (token: unknown) => boolean;
  /** READY and what follows it. */
  readonly greet: (session: Session, sessions: Sessions, url: string) => void;
};

/** https://docs.discord.com/developers/events/gateway */
export async function openGateway(parts: Parts): Promise<Gateway> {
  const { events, host } = parts;
  const open = new Set<Open>();
  const counts = { identifies: 0, resumes: 0, heartbeats: 0 };
  let acknowledges = true;
  const sessions = createSessions(({ intents }) => (intents & INTENTS.messageContent) !== 0);
  const lobby: Lobby = {
    ...parts,
    sessions,
    acknowledges: () => acknowledges,
    greet: (session) => parts.greet(session, sessions, url()),
    note(what) {
      if (what.type === 'identified') counts.identifies += 1;
      if (what.type === 'resumed') counts.resumes += 1;
      if (what.type === 'heartbeat') counts.heartbeats += 1;
      events.emit(what);
    },
  };

  const connect = (request: IncomingMessage, stream: Duplex) => {
    const where = new URL(request.url ?? '/', `ws://${host}`);
    let entry: Open | undefined;
    const socket = acceptWebSocket(
      { request, socket: stream },
      {
        message: (text) => entry?.connection.receive(text),
        ended(end) {
          if (entry) open.delete(entry);
          entry?.connection.ended(end);
          events.emit({ type: 'disconnected', ...end });
        },
      },
    );
    if (!socket) return;
    events.emit({ type: 'connected', url: request.url ?? '/' });
    const version = where.searchParams.get('v');
    if (version !== null && !VERSIONS.includes(version)) return socket.close(4012, 'Invalid API version.');
    if ((where.searchParams.get('encoding') ?? 'json') !== 'json' || where.searchParams.has('compress')) {
      return socket.close(4002, 'This gateway speaks plain JSON alone.');
    }
    const connection = createConnection(lobby, {
      send: (payload) => socket.send(JSON.stringify(payload)),
      sendText: socket.send,
      close: socket.close,
    });
    entry = { socket, connection };
    open.add(entry);
  };

  const port = await openGatewayPort(host, connect);
  const url = () => `ws://${host}:${port.port}`;
  const each = (act: (one: Open) => void) => {
    for (const one of [...open]) act(one);
  };
  const sendAll = (payload: object) => each(({ socket }) => socket.send(JSON.stringify(payload)));
  const endSessions = () => {
    for (const { id } of sessions.all()) sessions.end(id);
  };

  return {
    url: url(),
    sessions,
    close: port.shut,
    controls: {
      sessions: () =>
        sessions
          .all()
          .map(({ id, intents, seq, send }) => ({ id, intents, seq, connected: send !== undefined })),
      counts: () => ({ ...counts }),
      connections: () => open.size,
      cut: () => each(({ socket }) => socket.cut()),
      cutInFrame: () => each(({ socket }) => socket.sendHalf(JSON.stringify({ op: HEARTBEAT, d: null }))),
      close: (code) => each(({ socket }) => socket.close(code)),
      reconnect: () => sendAll({ op: RECONNECT, d: null }),
      invalidate(resumable) {
        if (!resumable) endSessions();
        each(({ connection }) => connection.forgetSession());
        sendAll({ op: INVALID_SESSION, d: resumable });
      },
      forgetSessions: endSessions,
      acknowledge(heartbeats) {
        acknowledges = heartbeats;
      },
      askForHeartbeat: () => sendAll({ op: HEARTBEAT, d: null }),
      goAway: port.shut,
      comeBack: port.open,
    },
  };
}
