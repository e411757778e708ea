import { createMangler, type Mangling } from '../servers/mangler.ts';

/** What the last line of every answer gives as its reason; undefined: what the server behind gives. */
export function otherReason() {
  let reason: string | undefined;

  const mangling: Mangling = async (original, client) => {
    const { status, headers, pieces } = await original();
    const given = reason === '' ? '' : `,"done_reason":"${reason}"`;
    await client.head(status, { 'content-type': String(headers['content-type']) });
    for await (const piece of pieces)
      await client.piece(piece.toString().replace(/,"done_reason":"stop"/, given));
    await client.end();
  };

  return {
    /** Empty: none. */
    give: (other: string | undefined) => {
      reason = other;
    },
    through: (url: string) =>
      createMangler(url, ({ path }) => (path === '/api/chat' && reason !== undefined ? mangling : undefined)),
  };
}
