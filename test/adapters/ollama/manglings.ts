import type { Random } from '../../../demo/ollama/seeded.ts';
import type { Client, Mangling, Original } from '../../servers/mangler.ts';

const between = (random: Random, least: number, below: number): number =>
  least + Math.floor(random() * (below - least));

export function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[between(random, 0, values.length)];
  if (value === undefined) throw new Error('There is nothing to pick from.');
  return value;
}

/** Lines are broken in one of the first ones: every simulated answer has more. */
const FIRST_LINES = 5;

/** The lines of a streamed answer, each with its newline; the whole of another one. */
async function* unitsOf({ headers, pieces }: Original): AsyncGenerator<string> {
  const streams = headers['content-type'] === 'application/x-ndjson';
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of pieces) {
    text += decoder.decode(piece, { stream: true });
    const parts = streams ? text.split('\n') : [text];
    text = parts.pop() ?? '';
    for (const part of parts) yield `${part}\n`;
  }
  if (text !== '') yield text;
}

const headOf = ({ headers }: Original) => ({ 'content-type': headers['content-type'] ?? 'text/plain' });

/** Changes one line of a stream, or the whole body of another answer, and passes the rest on. */
export const edited =
  (edit: (unit: string, random: Random) => string | Buffer) =>
  (random: Random): Mangling =>
  async (original, client) => {
    const answer = await original();
    await client.head(answer.status, headOf(answer));
    const at = isStream(answer) ? between(random, 0, FIRST_LINES) : 0;
    let index = 0;
    for await (const unit of unitsOf(answer)) {
      await client.piece(index === at ? edit(unit, random) : unit);
      index += 1;
    }
    await client.end();
  };

/** Changes a value within the JSON of one line, or of the whole body. */
export const reshaped = (change: (value: never) => unknown) =>
  edited((unit) => {
    const value = JSON.parse(unit) as never;
    return `${JSON.stringify(change(value) ?? value)}\n`;
  });

/** Passes some of the answer on and then does something else: some whole lines and a half one, or half a body. */
export const halfway =
  (then: (client: Client) => unknown) =>
  (random: Random): Mangling =>
  async (original, client) => {
    const answer = await original();
    await client.head(answer.status, headOf(answer));
    const at = isStream(answer) ? between(random, 0, FIRST_LINES) : 0;
    let index = 0;
    for await (const unit of unitsOf(answer)) {
      const half = index === at ? unit.slice(0, between(random, 1, unit.length - 2)) : unit;
      await client.piece(half);
      if (index === at) break;
      index += 1;
    }
    await then(client);
  };

/** Lets the server behind begin, and does something else before it answers. */
export const begun =
  (then: (client: Client) => unknown): Mangling =>
  async (original, client) => {
    original().catch(() => {});
    await then(client);
  };

/** Something else instead of the answer, which is asked for all the same. */
export const instead =
  (status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Mangling =>
  async (original, client) => {
    await original();
    await client.head(status, headers);
    await client.piece(body);
    await client.end();
  };

/** Sends every unit as `send` does, with a head of its own. */
export const passedOn =
  (
    send: (unit: string, client: Client) => Promise<void>,
    headers: Readonly<Record<string, string>> | undefined = undefined,
  ): Mangling =>
  async (original, client) => {
    const answer = await original();
    await client.head(answer.status, headers ?? headOf(answer));
    for await (const unit of unitsOf(answer)) await send(unit, client);
    await client.end();
  };

/** The whole answer with headers that say something wrong about it. */
export const misdescribed =
  (describe: (body: Buffer) => Readonly<Record<string, string>>): Mangling =>
  async (original, client) => {
    const answer = await original();
    const units: string[] = [];
    for await (const unit of unitsOf(answer)) units.push(unit);
    const body = Buffer.from(units.join(''));
    await client.head(answer.status, { ...headOf(answer), ...describe(body) });
    await client.raw(body);
  };

function isStream({ headers }: Original): boolean {
  return headers['content-type'] === 'application/x-ndjson';
}
