import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import type { PsModel } from './client.ts';
import {
  createReplay,
  type Replay,
  type Replayed,
  type Row,
  readRecording,
  startRecorded,
} from './recording.ts';
import { HANG_SECONDS, replayFullQueue, replayOneModel } from './replays.ts';
import { isRecord, shapeDifferences, streamDifferences } from './shape.ts';

const RECORDED_ROWS = 121;
/** The timer begins a moment before the event that the wait is measured from. */
const TIMER_SLACK_MS = 50;
/** The text behind this names the recording machine's resolver. */
const PULL_ERROR = 'pull model manifest: ';

const checked = new Set<string>();

describe('one model at a time, as recorded from Ollama 0.33', () => {
  const rows = readRecording('ollama-0.33-one-model.jsonl');
  const server = replayed(rows, () => startRecorded({ parallel: 1 }), replayOneModel);

  it.each(numbered(rows))('row $number: $name', ({ number, row }) => {
    const result = resultOf(server(), number);
    if (row.observed === undefined) checkExchange(row, result);
    else checkObserved(row, result, server());
    checked.add(`one ${number}`);
  });
});

describe('a full queue, as recorded from Ollama 0.33', () => {
  const rows = readRecording('ollama-0.33-full-queue.jsonl');
  const server = replayed(rows, () => startRecorded({ parallel: 2, maxQueue: 2 }), replayFullQueue);

  it.each(numbered(rows))('row $number: $name', ({ number, row }) => {
    checkExchange(row, resultOf(server(), number));
    checked.add(`full ${number}`);
  });

  it('answers in the recorded order, and does not count a wait for a slot as pending', () => {
    expect(resultOf(server(), 0).facts).toEqual({ queuedBehindSlots: 0 });
    expectOrder(server(), [4, 5, 6, 7, 8, 9]);
  });
});

it(`has checked all ${RECORDED_ROWS} recorded rows`, () => {
  expect(checked.size).toBe(RECORDED_ROWS);
});

function numbered(rows: readonly Row[]) {
  return rows.map((row, index) => ({ number: index + 1, name: row.name, row }));
}

function replayed(
  rows: readonly Row[],
  start: () => Promise<Ollama>,
  run: (ollama: Ollama, replay: Replay) => Promise<void>,
): () => Replay {
  let ollama: Ollama | undefined;
  let replay: Replay | undefined;
  beforeAll(async () => {
    ollama = await start();
    replay = createReplay(ollama, rows);
    await run(ollama, replay);
    await ollama.until(() => ollama?.running() === 0 && ollama.queued() === 0);
  });
  afterAll(() => ollama?.close());
  return () => {
    if (!replay) throw new Error('the replay did not begin');
    return replay;
  };
}

function resultOf({ results }: Replay, number: number): Replayed {
  const result = results.get(number);
  if (!result) throw new Error(`row ${number} was not replayed`);
  return result;
}

function checkExchange(row: Row, { exchange, error }: Replayed): void {
  if (row.error !== undefined) {
    expect(error).toMatchObject({ name: row.error.split(':')[0] });
    return;
  }
  if (!exchange) throw new Error(`no answer: ${String(error)}`);
  expect({ status: exchange.status, contentType: exchange.contentType }).toEqual({
    status: row.status,
    contentType: row.content_type,
  });
  const recorded = unwrap(row);
  const differences =
    Array.isArray(recorded) && Array.isArray(exchange.body)
      ? streamDifferences(recorded, exchange.body)
      : shapeDifferences(recorded, exchange.body);
  expect(differences).toEqual([]);
  expect(essence(exchange.body)).toEqual(essence(recorded));
}

/** The second recording keeps every body as a list of lines. */
function unwrap({ body, content_type }: Row): unknown {
  return Array.isArray(body) && !content_type?.includes('ndjson') ? body[0] : body;
}

/** What must be the same to the letter. */
function essence(body: unknown): unknown {
  if (typeof body === 'string') return body;
  const last: unknown = Array.isArray(body) ? body.at(-1) : body;
  if (!isRecord(last)) return undefined;
  const { model, done, done_reason, eval_count, version, capabilities, models, object, error } = last;
  return {
    ...{ model, done, done_reason, eval_count, capabilities, object },
    // The one thing in which it differs, so that nobody takes it for a real one.
    version: typeof version === 'string' ? version.replace(/-simulated$/, '') : version,
    error: typeof error === 'string' && error.startsWith(PULL_ERROR) ? PULL_ERROR : error,
    names: Array.isArray(models) ? models.map((item: { name: string }) => item.name) : undefined,
  };
}

function checkObserved(row: Row, result: Replayed, replay: Replay): void {
  const { facts = {}, ps = [] } = result;
  switch (row.name) {
    case 'is a loading model in ps?':
      expect(row.observed).toMatchObject(facts);
      break;
    case 'ps 100 ms after the generation ended':
      expect(ps).toEqual((row.observed as { ps: unknown }).ps);
      break;
    case 'ps 50 ms and 1.5 s after aborting a load':
      expect(facts).toEqual({ outcome: 'aborted', status: 499, running: 0 });
      expect(ps).toEqual((row.observed as { at_50ms: unknown }).at_50ms);
      break;
    case 'A,B,A,B,A,B sent at once with room for one model':
      checkSwaps(row, facts, replay);
      break;
    case 'eviction hang (#17408)':
      expect(facts.waitedMs).toBeGreaterThan(HANG_SECONDS * 1_000 - TIMER_SLACK_MS);
      expect(ps.map(({ name }) => name)).toEqual(['tiny:latest']);
      break;
    case 'which options reload the model (load_ms high = reloaded)':
      expect(facts.reloads).toEqual(
        (row.observed as { load_ms: number; ctx: number }[]).map(({ load_ms, ctx }) => ({
          reloaded: load_ms > 100,
          ctx,
        })),
      );
      break;
    default:
      checkPs(row, result, replay);
  }
}

function checkSwaps(row: Row, facts: Readonly<Record<string, unknown>>, replay: Replay): void {
  // The first one was answered before the second was sent, without a load; each other one is a swap.
  const models = (row.observed as { model: string }[]).map(({ model }) => `${model}:latest`);
  expect(facts).toEqual({ loads: models.slice(1) });
  expectOrder(replay, [87, 88, 89, 90, 91, 92]);
}

/** By the server's own times of the last lines. */
function expectOrder(replay: Replay, numbers: readonly number[]): void {
  const times = numbers.map((number) => {
    const body = resultOf(replay, number).exchange?.body;
    const last: unknown = Array.isArray(body) ? body.at(-1) : body;
    return Date.parse(String(isRecord(last) && last.created_at));
  });
  expect(times.some(Number.isNaN)).toBe(false);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
}

/** Rows that looked at /api/ps: the same models with the same setting, staleness included. */
function checkPs(row: Row, { ps = [], facts = {} }: Replayed, replay: Replay): void {
  const recorded = row.observed as (PsModel & { expires_in_s: number })[];
  expect(ps.map(({ name, size_vram, context_length }) => ({ name, size_vram, context_length }))).toEqual(
    recorded.map(({ name, size_vram, context_length }) => ({ name, size_vram, context_length })),
  );
  if (row.name === 'ps while busy') {
    expect(ps[0]?.expires_at).toBe(resultOf(replay, 78).ps?.[0]?.expires_at);
    return;
  }
  for (const [index, model] of ps.entries()) {
    const atWallMs = Number(facts.atWallMs ?? Date.now());
    const expiresIn = (Date.parse(model.expires_at) - atWallMs) / 1_000;
    const recordedIn = recorded[index]?.expires_in_s ?? Number.NaN;
    expect(expiresIn).toBeLessThan(recordedIn + 1);
    expect(expiresIn).toBeGreaterThan(recordedIn - 5);
    expect(new Date(model.expires_at).getUTCFullYear() > 2300).toBe(recordedIn > 1e9);
  }
}
