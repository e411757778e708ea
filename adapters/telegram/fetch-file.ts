import { type Api, GrammyError } from 'grammy';
import type { RemoteFile } from '../../src/chat/message.ts';
import { OstlerError } from '../../src/errors.ts';
import type { ApiSignal } from './open-api.ts';

/** No picture takes longer. */
const LIMIT_MS = 60_000;

/**
 * The bytes of a file that a message brought. `root` is where the Bot API server offers files. Throws
 * `bad_input` for what Telegram does not give (it gives at most 20 MB), a retryable error where it may later.
 */
export async function fetchFile(
  api: Api,
  root: string,
  file: RemoteFile,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const ends = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  try {
    const { file_path } = await api.getFile(file.id, ends as ApiSignal);
    if (file_path === undefined) throw notGiven();
    const response = await fetch(`${root}/${file_path}`, { signal: ends });
    if (!response.ok) throw response.status < 500 ? notGiven() : notReached();
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OstlerError) throw error;
    // The address of a file holds the token: the error that names it is not handed on.
    if (error instanceof GrammyError && error.error_code === 400) throw notGiven(error.description);
    throw notReached();
  }
}

function notGiven(reason?: string): OstlerError {
  return new OstlerError('Telegram does not give that picture.', {
    code: 'bad_input',
    hint: reason === undefined ? 'Send it again, and smaller.' : `It says: ${reason}`,
  });
}

function notReached(): OstlerError {
  return new OstlerError('The picture could not be fetched from Telegram.', {
    code: 'server_error',
    hint: 'Telegram cannot be reached.',
    retryable: true,
  });
}
