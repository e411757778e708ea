import type { Events, ReceivedRequest } from './events.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type NewRequest = Omit<ReceivedRequest, 'id' | 'receivedAtMs' | 'status' | 'code' | 'endedAtMs'>;

/** The status of a request whose answer did not arrive as a whole. */
const LEFT = 499;

export type OpenRequest = {
  /** The answer is sent; without a status the client has no whole answer. */
  end(status?: number, code?: number): void;
};

export type RequestLog = {
  begin(request: NewRequest): OpenRequest;
  all(): readonly ReceivedRequest[];
};

/** Keeps about the last `keep` requests. */
export function createRequestLog(events: Events, now: () => number, keep: number): RequestLog {
  const requests: Mutable<ReceivedRequest>[] = [];
  let last = 0;
  return {
    begin(request) {
      last += 1;
      const open = { status: undefined, code: undefined, endedAtMs: undefined };
      const entry: Mutable<ReceivedRequest> = { id: last, ...request, receivedAtMs: now(), ...open };
      requests.push(entry);
      if (requests.length > 2 * keep) requests.splice(0, requests.length - keep);
      events.emit({ type: 'request', request: entry });
      return {
        end(status = LEFT, code) {
          if (entry.endedAtMs !== undefined) return;
          entry.endedAtMs = now();
          entry.status = status;
          entry.code = code;
          events.emit({ type: 'answer', request: entry });
        },
      };
    },
    all: () => requests.slice(-keep),
  };
}
