import { once } from 'node:events';
import { chmod, lstat, mkdtemp, rename, rm } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import type { Hono } from 'hono';
import { OstlerError } from '../../src/errors.ts';
import type { WebEnv } from './env.ts';
import { createServer } from './serve.ts';

/** What fits into a socket's address: 108 bytes on Linux, 104 on macOS, the last one zero (unix(7)). */
const MAX_PATH_BYTES = 103;

export type ControlServer = { readonly path: string; close(): Promise<void> };

/** Listens for the commands of the terminal; give it an app made with `trusted`. Throws `bad_config`, `storage`, `already_running`. */
export async function serveControl(app: Hono<WebEnv>, socketPath: string): Promise<ControlServer> {
  if (Buffer.byteLength(socketPath) > MAX_PATH_BYTES) {
    throw new OstlerError(`The path of the control socket is too long: ${socketPath}`, {
      code: 'bad_config',
      hint: `Choose a data_dir with a shorter path: ${MAX_PATH_BYTES} bytes are possible in all.`,
    });
  }
  await refuseLivingSocket(socketPath);

  const { server, close } = createServer(app);
  try {
    await listenPrivately(server, socketPath);
  } catch (error) {
    await close();
    throw new OstlerError(`Cannot listen on ${socketPath}.`, {
      code: 'storage',
      hint: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
  return {
    path: socketPath,
    async close() {
      await close();
      await rm(socketPath, { force: true });
    },
  };
}

/** Born in a folder that only we may enter: at no time can others connect before the mode is set. */
async function listenPrivately(server: Server, socketPath: string): Promise<void> {
  const nursery = await mkdtemp(join(dirname(socketPath), '.c'));
  try {
    const born = join(nursery, 's');
    server.listen(born);
    await once(server, 'listening');
    await chmod(born, 0o600);
    await rename(born, socketPath);
  } finally {
    await rm(nursery, { recursive: true, force: true });
  }
}

/** What a dead process left is replaced; anything else is not ours to take away. */
async function refuseLivingSocket(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return;
  if (!stats.isSocket()) {
    throw new OstlerError(`${path} is not a socket.`, {
      code: 'storage',
      hint: 'Move it away and start again.',
    });
  }
  if (await isAnswered(path)) {
    throw new OstlerError(`Another Ostler is running on ${dirname(path)}.`, {
      code: 'already_running',
      hint: 'Stop it first, or choose another data_dir.',
    });
  }
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
