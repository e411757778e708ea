/** One request as it arrived. Its status is set once it is answered; 499: the client has no whole answer. */
export type Received<Asked, Refusal> = Asked &
  Refusal & {
    readonly id: number;
    /** By the server's clock, as `endedAtMs`. */
    readonly receivedAtMs: number;
    readonly status: number | undefined;
    readonly endedAtMs: number | undefined;
  };

/** The status of a request whose answer did not arrive as a whole. */
const LEFT = 499;

export type OpenRequest<Refusal> = {
  /** The answer is sent; without a status the client has no whole answer. */
  end(status?: number, refusal?: Refusal): void;
};

export type RequestLog<Asked, Refusal> = {
  begin(asked: Asked): OpenRequest<Refusal>;
  all(): readonly Received<Asked, Refusal>[];
};

type Parts<Asked, Refusal> = {
  readonly events: {
    emit(event: { readonly type: 'request' | 'answer'; readonly request: Received<Asked, Refusal> }): void;
  };
  readonly now: () => number;
  readonly keep: number;
  /** What stands there where nothing was refused. */
  readonly none: Refusal;
};

/** Keeps about the last `keep` requests. */
export function createRequestLog<Asked extends object, Refusal extends object>(
  parts: Parts<Asked, Refusal>,
): RequestLog<Asked, Refusal> {
  const { events, now, keep, none } = parts;
  const requests: Received<Asked, Refusal>[] = [];
  let last = 0;
  return {
    begin(asked) {
      last += 1;
      const open = { ...none, status: undefined, endedAtMs: undefined };
      const request: Received<Asked, Refusal> = { id: last, ...asked, receivedAtMs: now(), ...open };
      requests.push(request);
      if (requests.length > 2 * keep) requests.splice(0, requests.length - keep);
      events.emit({ type: 'request', request });
      return {
        end(status = LEFT, refusal = none) {
          if (request.endedAtMs !== undefined) return;
          Object.assign(request, refusal, { status, endedAtMs: now() });
          events.emit({ type: 'answer', request });
        },
      };
    },
    all: () => requests.slice(-keep),
  };
}
