import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import { temporaryFolder } from '../servers/ostler.ts';

type Result = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

const LAUNCHER = join(import.meta.dirname, '..', '..', 'ostler');

/** Runs a command of Ostler as a shell would. */
export function ostler(args: readonly string[], { input = '', env = {} } = {}) {
  const child = spawn(LAUNCHER, args, { env: { ...process.env, OSTLER_CONFIG: '', ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(input);
  const result = Promise.all([once(child, 'exit'), readAll(child.stdout), readAll(child.stderr)]).then(
    ([[code], stdout, stderr]): Result => ({ code, stdout, stderr }),
  );
  return { child, result };
}

/** A configuration with a data folder of its own. `llm`: more options of that section. */
export async function configFor(ollama: { readonly url: string }, more = '', llm = ''): Promise<string> {
  const folder = await temporaryFolder();
  const path = join(folder, 'ostler.yaml');
  const text = `data_dir: ${join(folder, 'data')}
web: { enabled: false }
llm:
  base_url: ${ollama.url}
${llm && `  ${llm}\n`}  models: { primary: "qwen2.5:32b", fast: "qwen2.5:7b" }
  routing: { default: primary, rules: [{ pattern: "^.{0,20}$", model: fast }] }
${more}`;
  await writeFile(path, text);
  return path;
}

type RunningBot = {
  /** Resolves once its log holds these words. */
  said(words: string): Promise<void>;
  signal(name: 'SIGHUP' | 'SIGKILL'): void;
  stop(): Promise<Result>;
};

/** The bot, once it is ready. */
export async function runBot(config: string): Promise<RunningBot> {
  const { child, result } = ostler(['start', '--config', config]);
  let log = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    log += String(chunk);
    for (const look of listeners) look();
  });
  const said = (words: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!log.includes(words)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  await said('Ostler is ready');
  return {
    said,
    signal: (name) => void child.kill(name),
    stop() {
      child.kill('SIGTERM');
      return result;
    },
  };
}

/** How many answers were generated. */
export const spoken = (ollama: Ollama) => ollama.requests().filter(({ path }) => path === '/api/chat').length;
