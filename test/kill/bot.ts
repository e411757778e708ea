import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { type Call, socketCall } from '../../adapters/terminal/call.ts';
import { type Client, createClient } from '../../adapters/terminal/chat/client.ts';
import { NO_LIMITS } from '../fakes/no-limits.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LAUNCHER = join(ROOT, 'ostler');
const KEPT_LINES = 200;

/** The real bot as a process of its own. */
export type Bot = {
  readonly pid: number | undefined;
  /** Once it serves; rejects where it ends before that. */
  readonly ready: Promise<void>;
  /** Its exit code; null: it was killed. */
  readonly ended: Promise<number | null>;
  readonly client: Client;
  /** The control socket, for what the client has no word for. */
  readonly call: Call;
  /** SIGKILL. */
  kill(): void;
  /** SIGTERM. */
  stop(): Promise<number | null>;
  /** Sends a message to a child that listens, and resolves with its answer. */
  ask(message: string): Promise<unknown>;
  /** The last lines of its log. */
  lines(): readonly string[];
};

export type Home = { readonly config: string; readonly socket: string; remove(): Promise<void> };

/** A temporary folder with a configuration file and room for the data. */
export async function makeHome(config: Readonly<Record<string, unknown>>): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-bot-'));
  const path = join(folder, 'ostler.yaml');
  const data = join(folder, 'data');
  const whole = {
    data_dir: data,
    web: { enabled: false },
    limits: NO_LIMITS,
    response_cache: { l2: { backend: 'none' } },
    log: { format: 'json' },
    ...config,
  };
  await writeFile(path, stringify(whole, { aliasDuplicateObjects: false }));
  return {
    config: path,
    socket: join(data, 'control.sock'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** `preload` is loaded into the bot before its own code; it hears messages over IPC. */
export function startBot({ config, socket }: Home, preload?: string): Bot {
  const options = preload === undefined ? {} : { NODE_OPTIONS: `--expose-gc --import=${preload}` };
  const child = spawn(LAUNCHER, ['start'], {
    cwd: ROOT,
    env: { ...process.env, OSTLER_CONFIG: config, ...options },
    stdio: ['ignore', 'pipe', 'pipe', ...(preload === undefined ? [] : (['ipc'] as const))],
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const lines: string[] = [];
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number | null>();
  ready.promise.catch(() => undefined);
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    if (line.includes('"Ostler is ready"')) ready.resolve();
  };
  for (const input of [child.stdout, child.stderr]) if (input) createInterface({ input }).on('line', keep);
  const { call, close } = socketCall(socket);
  child.once('error', ready.reject);
  // Not `exit`: its last words arrive first.
  child.once('close', (code) => {
    process.off('exit', killWithUs);
    ready.reject(new Error(`The bot ended with ${code}:\n${lines.slice(-20).join('\n')}`));
    ended.resolve(code);
    void close();
  });

  return {
    pid: child.pid,
    ready: ready.promise,
    ended: ended.promise,
    client: createClient(call),
    call,
    kill: () => void child.kill('SIGKILL'),
    stop() {
      child.kill('SIGTERM');
      return ended.promise;
    },
    ask: (message) =>
      new Promise((answer) => {
        child.once('message', answer);
        child.send(message);
      }),
    lines: () => lines,
  };
}

/** The terminal's client never resumes; the pages do, by this parameter. */
export function createWithCursor(call: Call, after: string | undefined): Client {
  return createClient((path, init) => call(after === undefined ? path : `${path}&after=${after}`, init));
}
