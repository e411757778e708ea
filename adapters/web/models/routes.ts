import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import type { Front } from '../../../src/chat/front.ts';
import { noteOf, requireName } from '../../../src/chat/model-name.ts';
import { toFailure } from '../../../src/errors.ts';
import type { Caller } from '../../../src/people/presence.ts';
import type { AuditNote } from '../../../src/ports/audit.ts';
import { nothing } from '../chat/bodies.ts';
import { callerOf } from '../chat/commands.ts';
import type { WebEnv } from '../env.ts';
import { readJson } from '../json.ts';
import { keepOpen, SSE_BEAT, type StreamOptions, setStreamHeaders, untilAborted } from '../keep-open.ts';
import { modelsStatusOf } from './model-status.ts';
import { orderSwitch } from './order-switch.ts';
import type { SwitchFrame } from './switch-events.ts';

/** Belongs to no chat, and changes the choice of none. */
const ADDRESS = { platform: 'web', chat: 'none' } as const;

const switchBody = z.strictObject({
  target_model: z.string().trim().min(1),
  /** Whoever calls is sure: nothing is asked first. */
  confirm: z.boolean().default(false),
});

/**
 * | request | body | answer |
 * |---|---|---|
 * | GET    /v1/models/status | | ModelsStatus |
 * | POST   /v1/models/switch | {target_model, confirm?} | a stream of SwitchFrames; who leaves ends nothing |
 * | DELETE /v1/models/switch | | {cancelled}: how many switches of this caller were given up |
 * | POST   /v1/models/recover | | Recovered: what Ollama has was read anew |
 */
export function modelRoutes(front: Front, options: StreamOptions): Hono<WebEnv> {
  const models = new Hono<WebEnv>();

  models.get('/status', (c) => c.json(modelsStatusOf(front.status(), front.memory())));

  models.post('/switch', async (c) => {
    const { target_model: name, confirm } = await readJson(c, switchBody);
    requireName(name);
    const caller = await callerOf(front, ADDRESS);
    await front.admit(caller);
    const act = () => orderSwitch(front, caller, name, confirm);
    const { frames } = await noted(front, caller, noteOf('load', name), act, ({ outcome }) => outcome);
    return streamFrames(c, frames, options);
  });

  models.delete('/switch', async (c) => {
    const caller = await callerOf(front, ADDRESS);
    const cancelled = front.cancelLoads(caller.address, caller.person);
    if (cancelled > 0) front.audit(caller, { what: 'load-cancel' }, 'done');
    return c.json({ cancelled });
  });

  models.post('/recover', async (c) => {
    await readJson(c, nothing);
    const caller = await callerOf(front, ADDRESS);
    await front.admit(caller);
    return c.json(await noted(front, caller, { what: 'recover' }, () => recover(front)));
  });

  return models;
}

/** Notes what came of what a caller does: its outcome, `done`, or an error's code. */
async function noted<T>(
  front: Front,
  caller: Caller,
  note: AuditNote | undefined,
  act: () => Promise<T>,
  outcomeOf: (result: T) => string = () => 'done',
): Promise<T> {
  const tell = (outcome: string) => note && front.audit(caller, note, outcome);
  try {
    const result = await act();
    tell(outcomeOf(result));
    return result;
  } catch (error) {
    tell(toFailure(error).code);
    throw error;
  }
}

function streamFrames(
  c: Context<WebEnv>,
  frames: AsyncIterable<SwitchFrame>,
  options: StreamOptions,
): Response {
  const response = streamSSE(c, (stream) =>
    keepOpen({ c, stream, beat: SSE_BEAT }, options, async (signal) => {
      for await (const { event, data } of untilAborted(signal, frames))
        await stream.writeSSE({ event, data: JSON.stringify(data) });
    }),
  );
  setStreamHeaders(response).set('Connection', 'close');
  return response;
}

/** What Ollama has after all was read anew. */
type Recovered = {
  readonly status: 'ok';
  readonly loaded_models: readonly string[];
  readonly failed_models: readonly string[];
};

async function recover(front: Front): Promise<Recovered> {
  await front.resync();
  const { models } = front.status();
  const tagsIn = (...states: readonly string[]) =>
    models.flatMap(({ tag, state }) => (states.includes(state) ? [tag] : []));
  return { status: 'ok', loaded_models: tagsIn('ready', 'in_use'), failed_models: tagsIn('failed') };
}
