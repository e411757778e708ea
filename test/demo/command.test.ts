import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../demo/ollama/arguments.ts';
import { createOllama } from '../../demo/ollama/ollama.ts';

const MAIN = new URL('../../demo/ollama/main.ts', import.meta.url).pathname;
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function run(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  const ended = once(child, 'close').then(([code]): number => code);
  return { child, said, ended };
}

describe('npm run demo:ollama', () => {
  it('says where it listens and that it is simulated, answers, and ends on SIGTERM', async () => {
    const { child, said, ended } = run('--port', '0', '--speed', '10');
    await once(child.stdout, 'data');
    expect(said.out).toMatch(/^Simulated Ollama .* listens on http:\/\/127\.0\.0\.1:\d+\n$/);
    const url = /http:\S+/.exec(said.out)?.[0] ?? '';
    expect(await (await fetch(`${url}/api/version`)).json()).toEqual({ version: '0.33.0-simulated' });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('explains wrong usage with exit code 2', async () => {
    const { said, ended } = run('--speed', 'fast');
    expect(await ended).toBe(2);
    expect(said.err).toContain('--speed wants a number above 0, got "fast"');
    expect(said.err).toContain('npm run demo:ollama');
  });

  it('names the port that is in use with exit code 1', async () => {
    const other = await createOllama();
    const { said, ended } = run('--port', String(other.port));
    expect(await ended).toBe(1);
    expect(said.err).toContain(`127.0.0.1:${other.port} is in use`);
    await other.close();
  });

  it('prints its help', async () => {
    const { said, ended } = run('--help');
    expect(await ended).toBe(0);
    expect(said.out).toContain('--max-queue N');
  });
});

describe('its arguments', () => {
  it('are read', () => {
    expect(readArguments(['--vram', '8.5', '--keep-alive=-1', '--parallel', '2', '--seed=-3'])).toMatchObject(
      {
        vramGib: 8.5,
        keepAliveSeconds: -1,
        parallel: 2,
        seed: -3,
        port: 11_434,
      },
    );
  });

  it.each([
    [['--port', '70000'], 'from 0 to 65535'],
    [['--vram', ''], '--vram wants a number'],
    [['--ram', '-1'], ''],
    [['--parallel', '0'], '--parallel wants a whole number'],
    [['--keep-alive', 'soon'], 'time: invalid duration "soon"'],
    [['--models', '/nowhere.yaml'], '/nowhere.yaml'],
    [['--nonsense'], '--nonsense'],
    [['extra'], 'extra'],
  ])('%j are refused', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});
