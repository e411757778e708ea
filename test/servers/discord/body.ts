import type { IncomingMessage } from 'node:http';
import { readUpTo } from '../wire/read-up-to.ts';
import { DiscordError, refuse } from './errors.ts';

/** The limit of a bot's uploads to a server without boosts. */
const LARGEST_BODY_BYTES = 10 * 1024 ** 2;

export type Upload = {
  readonly place: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
};
type Body = { readonly body: unknown; readonly files: readonly Upload[] };

/** The body of a request; undefined where the client left in the middle. Throws a 413. */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return readUpTo(request, LARGEST_BODY_BYTES, () => refuse('tooLarge'));
}

/** JSON, or multipart with `payload_json`: https://docs.discord.com/developers/reference#uploading-files */
export async function parseBody(type: string, bytes: Buffer): Promise<Body> {
  if (bytes.length === 0) return { body: undefined, files: [] };
  const kind = type.split(';', 1)[0]?.trim().toLowerCase();
  if (kind === 'application/json') return { body: parseJson(bytes.toString('utf8')), files: [] };
  if (kind === 'multipart/form-data') return await parseForm(type, bytes);
  throw new DiscordError([400, 50_035, 'Invalid Form Body'], {
    errors: {
      _errors: [
        {
          code: 'CONTENT_TYPE_INVALID',
          message: 'Expected "Content-Type" header to be one of {application/json, multipart/form-data}.',
        },
      ],
    },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw Object.assign(refuse('badJson'), { cause });
  }
}

async function parseForm(type: string, bytes: Buffer): Promise<Body> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  } catch (cause) {
    throw Object.assign(refuse('badJson'), { cause });
  }
  const files: Upload[] = [];
  let body: unknown = {};
  for (const [name, value] of form) {
    if (typeof value === 'string') {
      if (name === 'payload_json') body = parseJson(value);
      continue;
    }
    const place = /^files\[(\d+)\]$/.exec(name)?.[1] ?? String(files.length);
    files.push({ place, name: value.name, type: value.type, bytes: await value.bytes() });
  }
  return { body, files };
}
