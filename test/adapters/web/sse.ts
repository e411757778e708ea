export type Frame = {
  readonly event?: string;
  readonly id?: string;
  readonly data?: unknown;
  readonly comment?: true;
};

/** Reads an event stream frame by frame, as an EventSource does. With a body it is asked for by POST. */
export async function openStream(url: string, headers: Record<string, string> = {}, body?: object) {
  const leave = new AbortController();
  const posts = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
  const response = await fetch(url, { headers, signal: leave.signal, ...posts });
  if (!response.body) throw new Error('a stream without a body');
  const frames = framesOf(response.body);

  return {
    response,
    leave: () => leave.abort(),
    async next(): Promise<Frame | undefined> {
      return (await frames.next()).value;
    },
    /** The next frames up to and with the first of this type, without comments. */
    async upTo(event: string): Promise<Frame[]> {
      const seen: Frame[] = [];
      for (;;) {
        const { value, done } = await frames.next();
        if (done) throw new Error(`the stream ended before ${event}`);
        if (value.comment) continue;
        seen.push(value);
        if (value.event === event) return seen;
      }
    },
  };
}

async function* framesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame, undefined> {
  let rest = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) yield toFrame(part);
  }
  return undefined;
}

function toFrame(part: string): Frame {
  if (part.startsWith(':')) return { comment: true };
  const fields = Object.fromEntries(part.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
  return { ...fields, data: JSON.parse(fields.data ?? 'null') };
}
