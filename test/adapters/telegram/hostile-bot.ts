import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { makeHome } from '../../kill/bot.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const MEMORY = fileURLToPath(new URL('../../../bench/measure-memory.ts', import.meta.url));

type LogLine = { readonly level: string; readonly msg: string } & Readonly<Record<string, unknown>>;

/** The real bot as a process of its own, of whose log no line is missed. */
export type HostileBot = {
  readonly lines: readonly LogLine[];
  /** Everything that was written, parsed or not. */
  readonly written: readonly string[];
  /** Bytes on the heap and beside it after everything that can be collected was. */
  memory(): Promise<number>;
  /** Ends it. Its exit code. */
  stop(): Promise<number | null>;
};

export async function startHostileBot(config: Readonly<Record<string, unknown>>): Promise<HostileBot> {
  const home = await makeHome(config);
  onTestFinished(home.remove);
  const child = spawn(join(ROOT, 'ostler'), ['start'], {
    cwd: ROOT,
    env: { ...process.env, OSTLER_CONFIG: home.config, NODE_OPTIONS: `--expose-gc --import=${MEMORY}` },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = new Promise<number | null>((end) => void child.once('close', end));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines: LogLine[] = [];
  const written: string[] = [];
  const ready = Promise.withResolvers<void>();
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input }).on('line', (text) => {
      written.push(text);
      if (text.startsWith('{')) lines.push(JSON.parse(text));
      if (lines.at(-1)?.msg === 'Ostler is ready') ready.resolve();
    });
  }
  void ended.then((code) => ready.reject(new Error(`The bot ended with ${code}:\n${written.join('\n')}`)));
  await ready.promise;

  const measure = () =>
    new Promise<NodeJS.MemoryUsage>((answer) => {
      child.once('message', (usage) => answer(usage as NodeJS.MemoryUsage));
      child.send('memory');
    });

  return {
    lines,
    written,
    async memory() {
      // What the first collection finalizes, the second one frees.
      await measure();
      const { heapUsed, external } = await measure();
      return heapUsed + external;
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
