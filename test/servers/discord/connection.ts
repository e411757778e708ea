import { type Privileged, refusedIntents } from './intents.ts';
import type { Session, Sessions } from './sessions.ts';
import type { WebSocketEnd } from './web-socket.ts';
import { isObject, type Json } from './wire.ts';

/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-opcodes */
export const HEARTBEAT = 1;
const IDENTIFY = 2;
const RESUME = 6;
export const RECONNECT = 7;
export const INVALID_SESSION = 9;
const HELLO = 10;
const HEARTBEAT_ACK = 11;
/** Presence, voice state, members and soundboard: taken and not acted upon. */
const WITHOUT_ANSWER = [3, 4, 8, 31];
/** A session lives on through these; after 1000 and 1001 it cannot be resumed. */
const ENDS_SESSION = [1_000, 1_001];
/** So many intervals without a heartbeat, and the gateway hangs up. */
const PATIENCE = 3;

/** What the gateway as a whole gives to each connection. */
export type Lobby = {
  readonly sessions: Sessions;
  readonly heartbeatMs: number;
  readonly privileged: readonly Privileged[];
  readonly isToken: (token: unknown) => boolean;
  readonly acknowledges: () => boolean;
  readonly greet: (session: Session) => void;
  readonly note: (what: GatewayNote) => void;
};

type GatewayNote =
  | { readonly type: 'identified' | 'resumed'; readonly session: string }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'dispatch'; readonly name: string; readonly session: string; readonly data: Json };

type Wire = {
  send(payload: Json): void;
  sendText(text: string): void;
  close(code: number, reason: string): void;
};

export type Connection = {
  receive(text: string): void;
  ended(end: WebSocketEnd): void;
  /** The session goes on without this connection, which may identify or resume anew. */
  forgetSession(): void;
};

/** One connection's talk, from HELLO on: https://docs.discord.com/developers/events/gateway#connections */
export function createConnection(lobby: Lobby, wire: Wire): Connection {
  const { sessions, note } = lobby;
  let session: Session | undefined;
  let sendHere: Session['send'];
  let patience: NodeJS.Timeout | undefined;

  const beginWaiting = () => {
    clearTimeout(patience);
    patience = setTimeout(() => {
      const waited = patience;
      // A heartbeat may already be there to be read.
      setImmediate(() => {
        if (patience === waited) wire.close(4009, 'Session timed out.');
      });
    }, PATIENCE * lobby.heartbeatMs);
    patience.unref();
  };
  const attach = (to: Session) => {
    session = to;
    sendHere = (sent) => {
      note({ type: 'dispatch', name: sent.name, session: to.id, data: sent.data });
      wire.sendText(sent.text);
    };
    to.send = sendHere;
  };
  const identify = (data: Json) => {
    if (session) return wire.close(4005, 'Already authenticated.');
    if (!lobby.isToken(data.token)) return wire.close(4004, 'Authentication failed.');
    if (!isObject(data.properties)) return wire.close(4002, 'Error while decoding payload.');
    const refusal = refusedIntents(data.intents, lobby.privileged);
    if (refusal === 4013) return wire.close(4013, 'Invalid intent(s).');
    if (refusal === 4014) return wire.close(4014, 'Disallowed intent(s).');
    const [shard = 0, shards = 1] = Array.isArray(data.shard) ? (data.shard as readonly number[]) : [];
    if (shard >= shards) return wire.close(4010, 'Invalid shard.');
    const opened = sessions.open(Number(data.intents));
    attach(opened);
    note({ type: 'identified', session: opened.id });
    lobby.greet(opened);
  };
  const resume = (data: Json) => {
    if (session) return wire.close(4005, 'Already authenticated.');
    if (!lobby.isToken(data.token)) return wire.close(4004, 'Authentication failed.');
    const known = sessions.find(data.session_id);
    if (!known) return wire.send({ op: INVALID_SESSION, d: false });
    const seq = Number(data.seq);
    if (!(seq >= 0 && seq <= known.seq)) return wire.close(4007, 'Invalid seq.');
    if (seq + 1 < (known.sent[0]?.seq ?? 0)) return wire.send({ op: INVALID_SESSION, d: false });
    attach(known);
    for (const sent of known.sent.filter((one) => one.seq > seq)) known.send?.(sent);
    note({ type: 'resumed', session: known.id });
    sessions.tell({ name: 'RESUMED', intent: 0, data: () => ({ _trace: [] }) }, known);
  };
  const heartbeat = () => {
    note({ type: 'heartbeat' });
    beginWaiting();
    if (lobby.acknowledges()) wire.send({ op: HEARTBEAT_ACK });
  };
  const forgetSession = () => {
    // Another connection may have resumed it in the meantime.
    if (session?.send === sendHere && session) session.send = undefined;
    session = undefined;
  };
  const detach = (end: WebSocketEnd) => {
    clearTimeout(patience);
    patience = undefined;
    if (session && end.by === 'client' && ENDS_SESSION.includes(end.code)) sessions.end(session.id);
    forgetSession();
  };

  wire.send({ op: HELLO, d: { heartbeat_interval: lobby.heartbeatMs, _trace: [] } });
  beginWaiting();
  return {
    forgetSession,
    ended: detach,
    receive(text) {
      const payload = parse(text);
      if (!payload) return wire.close(4002, 'Error while decoding payload.');
      const data = isObject(payload.d) ? payload.d : {};
      if (payload.op === HEARTBEAT) return heartbeat();
      if (payload.op === IDENTIFY) return identify(data);
      if (payload.op === RESUME) return resume(data);
      if (!session) return wire.close(4003, 'Not authenticated.');
      if (!WITHOUT_ANSWER.includes(Number(payload.op))) wire.close(4001, 'Unknown opcode.');
    },
  };
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
