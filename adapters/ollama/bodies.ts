import type { Response } from 'undici';

/** No list of models is longer; what is larger is no answer of Ollama. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Ollama's errors are a sentence; a proxy's page may be long. */
const MAX_REFUSAL_BYTES = 64 * 1024;
const MAX_REFUSAL_CHARACTERS = 300;
const TITLE = /<title>([^<]*)/i;
const CONTROL = /\p{Cc}+/gu;

/** The text of an answer that is JSON. Throws an Error that says what is wrong with it. */
export async function readJson(response: Response): Promise<string> {
  const bytes = await readUpTo(response, MAX_BODY_BYTES + 1);
  if (bytes.length > MAX_BODY_BYTES) throw new Error(`an answer of over ${MAX_BODY_BYTES} bytes arrived`);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  JSON.parse(text);
  return text;
}

/** What a refusal says, in one line; the status's own words where it says nothing. Never throws. */
export async function readRefusal(response: Response): Promise<string> {
  const bytes = await readUpTo(response, MAX_REFUSAL_BYTES).catch(() => Buffer.of());
  const body = bytes.toString('utf8').trim();
  const text = body.startsWith('<') ? (TITLE.exec(body)?.[1] ?? '') : errorIn(body);
  return text.replace(CONTROL, ' ').trim().slice(0, MAX_REFUSAL_CHARACTERS) || response.statusText;
}

/** `{"error": …}`, in which llama-server's own `{"error": {"message": …}}` may stand once more. */
function errorIn(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof value !== 'object' || value === null) return text;
  const { error, message } = value as { error?: unknown; message?: unknown };
  if (typeof error === 'string') return errorIn(error);
  if (error !== undefined && error !== null) return errorIn(JSON.stringify(error));
  return typeof message === 'string' ? message : text;
}

async function readUpTo(response: Response, bytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    chunks.push(chunk);
    if (size >= bytes) break;
  }
  return Buffer.concat(chunks);
}
