import { parseArgs } from 'node:util';
import { parseDuration } from './keep-alive.ts';
import { readModelFile } from './model-spec.ts';
import type { OllamaOptions } from './ollama.ts';

/** A demo runs for days: it does not remember what tests would ask for. */
const KEPT_RECORDS = 0;

export const USAGE = `A simulated Ollama: it behaves like a real one, but its models only pretend.

npm run demo:ollama -- [options]

  --port N          port to listen on (11434)
  --host NAME       address to listen on (127.0.0.1)
  --vram N          GPU memory in GiB; 0: no GPU (24)
  --ram N           RAM in GiB: files of models stay in it, and layers that do not fit on the GPU (32)
  --speed N         loads, prompts, tokens and pulls are N times as fast; keep_alive is not (1)
  --models FILE     JSON or YAML list of {tag, sizeGb, capabilities, contextLength, parameterSize, family,
                    coldSeconds, warmSeconds, tokensPerSecond, prefillSeconds, parameters}
  --seed N          another seed, other answers (1)
  --parallel N      OLLAMA_NUM_PARALLEL (1)
  --max-loaded N    OLLAMA_MAX_LOADED_MODELS; 0: three (0)
  --max-queue N     OLLAMA_MAX_QUEUE (512)
  --keep-alive 5m   OLLAMA_KEEP_ALIVE; --keep-alive=-1: for ever (5m)
  --help            this text
`;

const FLAGS = {
  port: { type: 'string', default: '11434' },
  host: { type: 'string', default: '127.0.0.1' },
  vram: { type: 'string', default: '24' },
  ram: { type: 'string', default: '32' },
  speed: { type: 'string', default: '1' },
  models: { type: 'string' },
  seed: { type: 'string', default: '1' },
  parallel: { type: 'string', default: '1' },
  'max-loaded': { type: 'string', default: '0' },
  'max-queue': { type: 'string', default: '512' },
  'keep-alive': { type: 'string', default: '5m' },
  help: { type: 'boolean', default: false },
} as const;

/** Undefined: help was asked for. Throws an Error with one sentence about what is wrong. */
export function readArguments(args: readonly string[]): OllamaOptions | undefined {
  const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true });
  if (values.help) return undefined;
  const { models } = values;
  return {
    host: values.host,
    port: wholeNumber('port', values.port, 0, 65_535),
    vramGib: number('vram', values.vram, 0),
    ramGib: number('ram', values.ram, 0),
    speed: number('speed', values.speed, Number.MIN_VALUE),
    seed: wholeNumber('seed', values.seed, Number.MIN_SAFE_INTEGER),
    parallel: wholeNumber('parallel', values.parallel, 1),
    maxLoaded: wholeNumber('max-loaded', values['max-loaded'], 0),
    maxQueue: wholeNumber('max-queue', values['max-queue'], 1),
    keepAliveSeconds: keepAliveSeconds(values['keep-alive']),
    keepRecords: KEPT_RECORDS,
    ...(models !== undefined && { models: readModelFile(models) }),
  };
}

function number(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= least) return value;
  throw new Error(`--${name} wants a number${least > 0 ? ' above 0' : ''}, got "${text}"`);
}

function wholeNumber(name: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most < Number.MAX_SAFE_INTEGER ? ` from ${least} to ${most}` : '';
  throw new Error(`--${name} wants a whole number${range}, got "${text}"`);
}

function keepAliveSeconds(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : parseDuration(text) / 1_000;
}
