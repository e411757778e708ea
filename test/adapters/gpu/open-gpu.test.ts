import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGpu } from '../../../adapters/gpu/open-gpu.ts';
import { temporaryFolder } from '../../servers/ostler.ts';

const never = new AbortController().signal;
const MIB = 1_024 ** 2;
const GIB = 1_024 ** 3;

type Files = Readonly<Record<string, string>>;
type Machine = {
  /** Shell scripts, by the name of the program. */
  programs?: Files;
  /** Files under /sys/class/drm, and under /sys. */
  drm?: Files;
  sys?: Files;
  isLocal?: boolean;
  limitMs?: number;
};

/** A machine with these programs and cards. */
async function machine({ programs = {}, drm = {}, sys = {}, isLocal = true, limitMs = 20_000 }: Machine) {
  const folder = await temporaryFolder();
  for (const [name, script] of Object.entries(programs)) {
    await write(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, 'bin', name), 0o755);
  }
  for (const [name, text] of Object.entries(sys)) await write(join(folder, 'sys', name), text);
  for (const [name, text] of Object.entries(drm)) await write(join(folder, 'sys/class/drm', name), text);
  const gpu = openGpu({ isLocal, path: join(folder, 'bin'), sys: join(folder, 'sys'), limitMs });
  return { folder, gpu };
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
}

const print = (...lines: readonly string[]) => lines.map((line) => `echo '${line}'`).join('\n');

const NVIDIA = print('24564, 1234');
const ROCM_HEAD = 'device,VRAM Total Memory (B),VRAM Total Used Memory (B)';
const ROCM = print(ROCM_HEAD, 'card0,21458059264,27856896', '');
const CARD = {
  'renderD128/device/vendor': '0x1002',
  'card1/device/mem_info_vram_total': '17163091968\n',
  'card1/device/mem_info_vram_used': '692142080\n',
};

const FROM_NVIDIA = { totalBytes: 24_564 * MIB, usedBytes: 1_234 * MIB, source: 'nvidia-smi' };
const FROM_ROCM = { totalBytes: 21_458_059_264, usedBytes: 27_856_896, source: 'rocm-smi' };
const FROM_SYSFS = { totalBytes: 17_163_091_968, usedBytes: 692_142_080, source: 'sysfs' };

describe('the memory of the GPUs', () => {
  it.each<[string, Machine, object | undefined]>([
    [
      'comes from nvidia-smi',
      { programs: { 'nvidia-smi': NVIDIA, 'rocm-smi': ROCM }, drm: CARD },
      FROM_NVIDIA,
    ],
    ['else from rocm-smi', { programs: { 'rocm-smi': ROCM }, drm: CARD }, FROM_ROCM],
    ['else from the kernel', { drm: CARD }, FROM_SYSFS],
    ['else is not known', {}, undefined],
    [
      'is not known where Ollama runs elsewhere',
      { programs: { 'nvidia-smi': NVIDIA }, isLocal: false },
      undefined,
    ],
    [
      'is that of all of them together',
      { programs: { 'nvidia-smi': print('12206, 802', '12206, 10032') } },
      { totalBytes: 24_412 * MIB, usedBytes: 10_834 * MIB, source: 'nvidia-smi' },
    ],
    [
      'leaves out what is only set aside of the RAM',
      {
        programs: {
          'rocm-smi': print(ROCM_HEAD, 'card0,17163091968,692142080', 'card1,536870912,482263040'),
        },
      },
      { totalBytes: 17_163_091_968, usedBytes: 692_142_080, source: 'rocm-smi' },
    ],
    [
      'is not known where all is set aside of the RAM',
      { drm: { ...CARD, 'card1/device/mem_info_vram_total': '536870912' } },
      undefined,
    ],
    [
      'is read from the kernel of every card, not of its connectors, nor of other drivers’ cards',
      {
        drm: {
          ...CARD,
          'card1-DP-1/device/mem_info_vram_total': '1',
          'card0/device/vendor': '0x10de',
          'card2/device/mem_info_vram_total': String(2 * GIB),
          'card2/device/mem_info_vram_used': '0',
          version: 'drm 1.1.0 20060810',
        },
      },
      { ...FROM_SYSFS, totalBytes: 17_163_091_968 + 2 * GIB },
    ],
    [
      'is found behind warnings, in whatever order it stands',
      {
        programs: {
          'rocm-smi': print(
            'WARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status',
            '',
            'device,Unique ID,vram Total Used Memory (B),vram Total Memory (B)',
            'card0,N/A,27856896,21458059264',
          ),
        },
      },
      FROM_ROCM,
    ],
  ])('%s', async (_, setup, memory) => {
    const { gpu } = await machine(setup);
    expect(await gpu(never)).toEqual(memory);
  });
});

describe('the next one is asked', () => {
  it.each([
    ['that shares the RAM and has no figures', print('[N/A], [N/A]')],
    ['that tells it of one card only', print('24564, 1234', '[N/A], [N/A]')],
    [
      'whose driver is not loaded',
      `${print('NVIDIA-SMI has failed because it couldn`t communicate with the NVIDIA driver.')}\nexit 9`,
    ],
    ['without a card', print('No devices were found')],
    ['that says nothing', ''],
    ['that fails after its answer', `${NVIDIA}\nexit 1`],
    ['that says more than it was asked', print('0, 24564, 1234')],
    ['that uses more than it has', print('1234, 24564')],
    ['of a negative size', print('-24564, -1234')],
    ['that never stops talking', 'while :; do echo 24564, 1234; done'],
  ])('after an nvidia-smi %s', async (_, script) => {
    const { gpu } = await machine({ programs: { 'nvidia-smi': script, 'rocm-smi': ROCM } });
    expect(await gpu(never)).toEqual(FROM_ROCM);
  });

  it.each([
    ['that fails', 'exit 2'],
    ['that prints a table', print('GPU[0] : VRAM Total Memory (B): 34342961152')],
    ['that knows no sizes', print(ROCM_HEAD, 'card0,N/A,N/A')],
    ['without a card', print(ROCM_HEAD)],
    ['with other columns', print('device,GPU use (%)', 'card0,7')],
    ['whose line is cut off', print(ROCM_HEAD, 'card0,2145')],
  ])('after a rocm-smi %s', async (_, script) => {
    const { gpu } = await machine({ programs: { 'rocm-smi': script }, drm: CARD });
    expect(await gpu(never)).toEqual(FROM_SYSFS);
  });

  it('after one that may not be started', async () => {
    const { gpu, folder } = await machine({ programs: { 'nvidia-smi': NVIDIA, 'rocm-smi': ROCM } });
    await chmod(join(folder, 'bin', 'nvidia-smi'), 0o644);
    expect(await gpu(never)).toEqual(FROM_ROCM);
  });

  it('after one that hangs, which is ended', async () => {
    const { gpu, folder } = await machine({
      programs: {
        'nvidia-smi': 'echo $$ > "$0.pid"\nexec /bin/sleep 600',
        'rocm-smi': ROCM,
      },
      limitMs: 3_000,
    });
    expect(await gpu(never)).toEqual(FROM_ROCM);
    const pid = Number(await readFile(join(folder, 'bin', 'nvidia-smi.pid'), 'utf8'));
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

it.each<[string, Machine, boolean]>([
  ['a kernel that lists no cards', { sys: { 'class/net/lo': '' } }, true],
  ['a card that only shows a picture', { drm: { 'card0/device/vendor': '0x1a03' } }, true],
  ['a card that computes', { drm: { 'card0/device/vendor': '0x8086', 'renderD128/dev': '' } }, false],
  ['the driver of NVIDIA', { sys: { 'class/net/lo': '', 'module/nvidia/version': '' } }, false],
  ['the GPU of Windows', { sys: { 'class/misc/dxg/dev': '' } }, false],
  ['no kernel that tells', {}, false],
  ['an Ollama elsewhere', { sys: { 'class/net/lo': '' }, isLocal: false }, false],
])('there is none, or that is not known, with %s', async (_, setup, isNone) => {
  const { gpu } = await machine({ programs: { 'nvidia-smi': print('No devices were found') }, ...setup });
  expect(await gpu(never)).toEqual(isNone ? { totalBytes: 0, usedBytes: 0, source: 'sysfs' } : undefined);
});

it('is not known once nobody asks any more', async () => {
  const { gpu } = await machine({ programs: { 'nvidia-smi': 'exec /bin/sleep 600', 'rocm-smi': ROCM } });
  const stop = new AbortController();
  const memory = gpu(stop.signal);
  stop.abort();
  expect(await memory).toBeUndefined();
});

it.each([
  ['a text', { 'card1/device/mem_info_vram_total': 'much' }],
  ['nothing', { 'card1/device/mem_info_vram_used': '' }],
  ['a folder', { 'card1/device/mem_info_vram_total/x': '' }],
])('a kernel that says %s says nothing', async (_, drm) => {
  const { 'card1/device/mem_info_vram_total': total, ...used } = CARD;
  const base =
    'card1/device/mem_info_vram_total/x' in drm
      ? used
      : { ...used, 'card1/device/mem_info_vram_total': total };
  const { gpu } = await machine({ drm: { ...base, ...drm } });
  expect(await gpu(never)).toBeUndefined();
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
