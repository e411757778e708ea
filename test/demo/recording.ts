import { readFileSync } from 'node:fs';
import { createOllama, type Ollama, type OllamaOptions } from '../../demo/ollama/ollama.ts';
import { type Exchange, exchange, type PsModel, ps } from './client.ts';

export type Row = {
  readonly name: string;
  readonly request?: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly status?: number;
  readonly content_type?: string;
  readonly body?: unknown;
  readonly error?: string;
  readonly observed?: unknown;
};

/** What a replay of the row gave. */
export type Replayed = {
  readonly exchange?: Exchange;
  readonly error?: unknown;
  readonly ps?: readonly PsModel[];
  readonly facts?: Readonly<Record<string, unknown>>;
};

const FOLDER = new URL('../data/recordings/', import.meta.url);
const BROKEN_JSON = '{broken';
const PARAMETERS = { num_predict: 4_000, num_thread: 1, seed: 1 };
const TINY = { sizeGb: 0.000733161, parameterSize: '178K', contextLength: 2_048, parameters: PARAMETERS };

/** Row 1 is the first. */
export function readRecording(file: string): readonly Row[] {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line): Row => JSON.parse(line));
}

/** The server that was recorded: four small models on a CPU, room for one. */
export function startRecorded(options: OllamaOptions): Promise<Ollama> {
  return createOllama({
    vramGib: 0,
    ramGib: 8,
    speed: 1_000,
    maxLoaded: 1,
    catalogue: [],
    answer: () => Array.from({ length: 400 }, (_, index) => ` word${index}`).join(''),
    models: [
      {
        tag: 'slow',
        sizeGb: 0.287837099,
        parameterSize: '71.95M',
        contextLength: 4_096,
        parameters: PARAMETERS,
      },
      { ...TINY, tag: 'think', capabilities: ['completion', 'tools', 'thinking'] },
      { ...TINY, tag: 'tiny' },
      { ...TINY, tag: 'tiny2' },
    ],
    ...options,
  });
}

export type Replay = {
  readonly results: ReadonlyMap<number, Replayed>;
  /** Sends the row's request, with a change to its body; resolves with the whole answer. */
  send(row: number, change?: { readonly body?: object; readonly signal?: AbortSignal }): Promise<void>;
  /** Asks /api/ps in the row's place. */
  look(row: number, facts?: Readonly<Record<string, unknown>>): Promise<void>;
  note(row: number, facts: Readonly<Record<string, unknown>>): void;
  /** One after the other: requests are sent, rows of /api/ps looked at. */
  inOrder(first: number, last: number): Promise<void>;
};

export function createReplay(ollama: Ollama, rows: readonly Row[]): Replay {
  const results = new Map<number, Replayed>();
  const rowOf = (number: number): Row => {
    const row = rows[number - 1];
    if (!row) throw new Error(`The recording has no row ${number}`);
    return row;
  };
  const send: Replay['send'] = async (number, change = {}) => {
    const { request, name } = rowOf(number);
    if (!request) throw new Error(`Row ${number} has no request`);
    const body = change.body ? { ...Object(request.body), ...change.body } : request.body;
    const sent = {
      ...request,
      ...(body !== undefined && { body }),
      ...(name === 'broken JSON' && { raw: BROKEN_JSON }),
    };
    try {
      results.set(number, { exchange: await exchange(ollama, sent, change.signal) });
    } catch (error) {
      results.set(number, { error });
    }
  };
  const look: Replay['look'] = async (number, facts = {}) => {
    results.set(number, { ps: await ps(ollama), facts });
  };
  return {
    results,
    send,
    look,
    note: (number, facts) => void results.set(number, { facts }),
    async inOrder(first, last) {
      for (let number = first; number <= last; number += 1) {
        if (rowOf(number).request) await send(number);
        else await look(number, { atWallMs: Date.now() });
      }
    },
  };
}
