import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const readyWithinMs = 10_000;

export type RedisServer = {
  readonly url: string;
  /** Ends it in order; `restart` finds its data where it has a durable file. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing answers. */
  pause(): void;
  resume(): void;
  /** Starts it again on the same port and folder. */
  restart(): Promise<void>;
  /** Kills it and removes its folder. */
  dispose(): Promise<void>;
};

export type RedisServerOptions = { readonly appendOnly?: boolean; readonly password?: string };

/** A real redis-server on a port of its own; ready when this resolves. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-redis-'));
  const port = await freePort();
  let child = await start(port, folder, options);

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    // A stopped process takes no other signal than SIGKILL.
    child.kill('SIGCONT');
    await exited;
  }

  return {
    url: `redis://${options.password ? `:${options.password}@` : ''}127.0.0.1:${port}`,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async restart() {
      child = await start(port, folder, options);
    },
    async dispose() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(port: number, folder: string, options: RedisServerOptions): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
      ...['--appendonly', options.appendOnly ? 'yes' : 'no', '--appendfsync', 'always'],
      ...(options.password ? ['--requirepass', options.password] : []),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let output = '';
  child.stdout?.on('data', (text) => {
    output = `${output}${text}`.slice(-2_000);
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));

  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) =>
      reject(
        new Error('These tests need redis-server. Install it: sudo apt-get install redis-server', { cause }),
      ),
    );
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}:\n${output}`)));
  });
  failed.catch(() => undefined);
  await Promise.race([answers(port), failed]);
  return child;
}

/** Resolves when the server answers a PING, with or without asking for a password first. */
async function answers(port: number): Promise<void> {
  const giveUpAt = performance.now() + readyWithinMs;
  while (!(await ping(port))) {
    if (performance.now() > giveUpAt) throw new Error(`redis-server did not answer on port ${port}.`);
    await pause(5);
  }
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const settle = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.once('data', (answer) => settle(/PONG|NOAUTH/.test(String(answer))));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}
