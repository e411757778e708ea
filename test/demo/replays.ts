import type { OllamaEvent } from '../../demo/ollama/events.ts';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import { ps } from './client.ts';
import type { Replay } from './recording.ts';

/** The hang's keep_alive, 20 s in the recording. */
export const HANG_SECONDS = 1;

/** The first recording: what overlapped there overlaps here, held in place instead of timed. */
export async function replayOneModel(ollama: Ollama, replay: Replay): Promise<void> {
  const { send, look, note, inOrder } = replay;
  await inOrder(1, 74);

  const load = ollama.hold({ at: 'load', model: 'slow' });
  const loaded = send(75);
  await load.reached;
  const polls = [];
  for (let poll = 0; poll < 36; poll += 1) polls.push(await ps(ollama));
  load.release();
  await loaded;
  note(76, {
    polls_during_load: polls.length,
    polls_that_showed_it: polls.filter((models) => models.some(({ name }) => name === 'slow:latest')).length,
  });

  await inOrder(77, 78);
  const busy = ollama.hold({ at: 'generation', model: 'slow', afterTokens: 20 });
  const answered = send(82);
  await busy.reached;
  await look(79);
  await send(80);
  await look(81, { atWallMs: Date.now() });
  busy.release();
  await answered;
  await ollama.until(() => ollama.residents().length === 0);
  await look(83);

  const aborted = ollama.hold({ at: 'load', model: 'slow' });
  const abort = new AbortController();
  const left = send(84, { signal: abort.signal });
  await aborted.reached;
  const ended = ollama.when('load-end');
  abort.abort();
  const [{ outcome }] = await Promise.all([ended, left]);
  await look(85, { outcome, status: ollama.requests().at(-1)?.status, running: ollama.running() });

  await inOrder(86, 87);
  const before = ollama.events().length;
  const second = ollama.hold({ at: 'load', model: 'tiny2' });
  const all = [send(88)];
  await second.reached;
  for (const row of [89, 90, 91, 92]) {
    const arrived = ollama.when('request');
    all.push(send(row));
    await arrived;
  }
  second.release();
  await Promise.all(all);
  note(93, { loads: loadsIn(ollama.events().slice(before)) });

  await hang(ollama, replay);

  const reloads: unknown[] = [];
  for (let row = 99; row <= 106; row += 1) {
    const loadsBefore = ollama.events().length;
    await send(row);
    const [model] = await ps(ollama);
    reloads.push({
      reloaded: loadsIn(ollama.events().slice(loadsBefore)).length > 0,
      ctx: model?.context_length,
    });
  }
  note(107, { reloads });
}

/** The second call reaches the victim while the other model already waits for its end (#17408). */
async function hang(ollama: Ollama, { send, look }: Replay): Promise<void> {
  const keepAlive = { body: { keep_alive: `${HANG_SECONDS}s` } };
  await send(94, keepAlive);
  const busy = ollama.hold({ at: 'generation', model: 'slow', afterTokens: 5 });
  const first = send(95, keepAlive);
  await busy.reached;
  const tiny = send(97);
  await ollama.until(() => ollama.queued() === 1);
  const second = send(96, keepAlive);
  await ollama.until(() => ollama.residents().some(({ references }) => references === 2));
  const idle = ollama.when('generation-end', () => ollama.residents()[0]?.references === 0);
  const next = ollama.when('load-begin', ({ model }) => model === 'tiny:latest');
  busy.release();
  const [idleEvent, nextEvent] = await Promise.all([idle, next]);
  await Promise.all([first, second, tiny]);
  await look(98, { waitedMs: nextEvent.atMs - idleEvent.atMs });
}

/** The second recording: a full queue of two, two slots, and an engine that is killed twice. */
export async function replayFullQueue(ollama: Ollama, { send, note }: Replay): Promise<void> {
  await send(1);
  const slotOne = ollama.hold({ at: 'generation', model: 'slow', afterTokens: 10 });
  const six = send(6);
  await slotOne.reached;
  const slotTwo = ollama.hold({ at: 'generation', model: 'slow', afterTokens: 10 });
  const four = send(4);
  await slotTwo.reached;
  const five = send(5);
  await ollama.until(() => ollama.residents()[0]?.references === 3);
  const queuedBehindSlots = ollama.queued();
  const waiting = [];
  for (const [index, row] of [7, 8, 9].entries()) {
    waiting.push(send(row));
    await ollama.until(() => ollama.queued() === index + 1);
  }
  await send(2);
  await send(3);
  slotTwo.release();
  await Promise.all([four, five]);
  slotOne.release();
  await Promise.all([six, ...waiting]);
  note(0, { queuedBehindSlots });

  await send(10);
  ollama.inject({ type: 'stream-breaks', model: 'slow', afterTokens: 15 });
  await send(11);
  await send(12);
  ollama.inject({ type: 'load-fails', model: 'tiny', how: 'killed' });
  await send(13);
  await send(14);
}

export function loadsIn(events: readonly OllamaEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'load-begin' ? [event.model] : []));
}
