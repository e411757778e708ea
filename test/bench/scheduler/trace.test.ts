import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrace } from '../../../bench/scheduler/trace.ts';
import { traceOf } from './traces.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostler-trace-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function write(content: string): Promise<string> {
  const file = join(folder, 'evening.json');
  await writeFile(file, content);
  return file;
}

async function play(content: string, ...options: readonly string[]) {
  return bench('--trace', await write(content), ...options);
}

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, ['bench/main.ts', 'scheduler', ...args], { encoding: 'utf8' });
}

const trace = traceOf([
  { model: 0 },
  { model: 1, atSeconds: 1 },
  { model: 0, atSeconds: 12, chat: 'same' },
  { model: 1, atSeconds: 13, chat: 'same', thinkSeconds: 2 },
]);

const LIKE_THIS = 'One that is understood: bench/scheduler/example-trace.json';

describe('bench scheduler --trace', () => {
  it('understands the example that it names', async () => {
    const { models, requests } = await readTrace('bench/scheduler/example-trace.json');
    expect([models.length, requests.length]).toEqual([3, 12]);
    expect(requests.some(({ thinkSeconds }) => thinkSeconds !== undefined)).toBe(true);
  });

  it('prints as JSON how every policy did, and nothing else', async () => {
    const { status, stdout, stderr } = await play(JSON.stringify(trace), '--json');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { policies, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({});
    expect(Object.keys(policies)).toEqual(['ostler', 'fifo', 'ollama', 'llama-swap']);
    for (const outcome of Object.values(policies)) {
      expect(outcome).toEqual({
        swaps: expect.any(Number),
        meanWaitSeconds: expect.any(Number),
        p50WaitSeconds: expect.any(Number),
        p95WaitSeconds: expect.any(Number),
        p99WaitSeconds: expect.any(Number),
        maxWaitSeconds: expect.any(Number),
        maxWaitSinceEligibleSeconds: expect.any(Number),
        overdue: 0,
        maxLoadsWhileOverdue: 0,
      });
    }
    expect(policies.ostler.swaps).toBeLessThan(policies.fifo.swaps);
  });

  it('prints the same for people', async () => {
    const { status, stdout } = await play(JSON.stringify(trace));
    expect(status).toBe(0);
    expect(stdout).toContain('llama-swap, meanWaitSeconds: ');
  });

  it('refuses a file that is no trace, and says where', async () => {
    const { status, stdout, stderr } = await play(JSON.stringify(traceOf([{ model: 2 }])), '--json');
    expect(stderr).toBe(
      `${join(folder, 'evening.json')} is no trace:\n  requests[0].model: there are 2 models, the first is 0\n${LIKE_THIS}\n`,
    );
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('refuses to be given no file', () => {
    const { status, stderr } = bench('--trace', '');
    expect(stderr).toMatch(/--trace takes a file/);
    expect(status).toBe(2);
  });
});

describe('a trace', () => {
  it('is read as it was written', async () => {
    expect(await readTrace(await write(JSON.stringify(trace)))).toEqual(trace);
  });

  it.each([
    ['no JSON', '{"vramGb": 20,', /evening\.json is no JSON: /],
    ['a list', '[]', /evening\.json is no trace:\n {2}the whole: .*expected object/],
    ['a key that is not known', { ...trace, vram: 20 }, /the whole: .*vram/],
    ['no questions', { ...trace, requests: [] }, /requests: /],
    [
      'a model that is larger than the memory',
      traceOf([{}], { models: [{ gb: 11 }] }),
      /models\[0\]\.gb: 11/,
    ],
    [
      'a warm load that takes longer',
      traceOf([{}], { models: [{ warmSeconds: 11 }] }),
      /models\[0\]\.warmSeconds: a warm/,
    ],
    ['a model that is not there', traceOf([{}, { model: 2 }]), /requests\[1\]\.model: there are 2 models/],
    ['no slot', traceOf([{}], { models: [{ parallel: 0 }] }), /models\[0\]\.parallel: /],
    [
      'a time that is none',
      { ...trace, requests: [{ ...trace.requests[0], atSeconds: '0' }] },
      /requests\[0\]\.atSeconds: /,
    ],
  ])('is refused for %s, which says where', async (_, content, complaint) => {
    const file = await write(typeof content === 'string' ? content : JSON.stringify(content));
    await expect(readTrace(file)).rejects.toThrow(complaint);
  });

  it('that is full of the same mistake does not tell it for ever', async () => {
    const requests = Array.from({ length: 1_000 }, () => ({ model: 9 }));
    const mistakes = await readTrace(await write(JSON.stringify(traceOf(requests)))).catch(String);
    expect(String(mistakes).split('\n')).toHaveLength(13);
    expect(mistakes).toContain('and 990 more');
  });

  it('that is not there is told as that', async () => {
    await expect(readTrace('/nowhere/evening.json')).rejects.toThrow('/nowhere/evening.json cannot be read');
  });
});
