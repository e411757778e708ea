import { type Body, checkBody, checkMessages, countImages, isObject } from './body-types.ts';
import type { Call, Engine } from './call.ts';
import { badRequest, noDoor, noThinking, noTools, notFound } from './errors.ts';
import type { Ask } from './generation.ts';
import { parseKeepAlive } from './keep-alive.ts';
import type { SimulatedModel } from './models.ts';
import { parseName } from './names.ts';
import { mergeOptions, runnerFor } from './runner-options.ts';
import type { Want } from './scheduler.ts';
import type { SeenTurn } from './words.ts';

const EFFORTS: readonly unknown[] = ['low', 'medium', 'high', 'max'];

/** A checked request for an answer, whatever door it came through. */
export type Prompt = {
  readonly door: 'chat' | 'generate';
  /** As the request spells it; answers echo it. */
  readonly asked: string;
  readonly model: SimulatedModel;
  readonly body: Body;
  readonly stream: boolean;
  readonly keepAliveMs: number | undefined;
  /** Nothing to answer: load, or unload. */
  readonly empty: boolean;
  readonly turns: readonly SeenTurn[];
};

export function readChat(call: Call, engine: Engine): Prompt {
  const body = checkBody(call.body(), 'ChatRequest');
  const messages = checkMessages(body.messages);
  return {
    ...readShared(body, 'chat', engine),
    empty: messages.length === 0,
    turns: messages.map(({ role, content, images }) => ({
      role: String(role ?? ''),
      content: String(content ?? ''),
      images: countImages(images),
    })),
  };
}

export function readGenerate(call: Call, engine: Engine): Prompt {
  const body = checkBody(call.body(), 'GenerateRequest');
  const prompt = String(body.prompt ?? '');
  const system = String(body.system ?? '');
  const question = { role: 'user', content: prompt, images: countImages(body.images) };
  const shared = readShared(body, 'generate', engine);
  return {
    ...shared,
    empty: prompt === '',
    turns: system === '' ? [question] : [{ role: 'system', content: system, images: 0 }, question],
  };
}

function readShared(body: Body, door: Prompt['door'], { disk }: Engine) {
  const keepAliveMs = parseKeepAlive(body.keep_alive);
  checkThink(body.think);
  const asked = String(body.model ?? '');
  if (door === 'chat' && asked === '') throw badRequest('model is required');
  if (door === 'chat' && !parseName(asked)) throw badRequest('invalid model name');
  const model = disk.find(asked);
  if (!model) throw notFound(asked);
  return { door, asked, model, body, stream: body.stream !== false, keepAliveMs };
}

function checkThink(value: unknown): void {
  if (value === undefined || typeof value === 'boolean' || EFFORTS.includes(value)) return;
  throw badRequest(
    `invalid think value: ${JSON.stringify(value)} (must be "high", "medium", "low", "max", true, or false)`,
  );
}

/** What the scheduler and the engine are asked for. Throws where the model cannot do it. */
export function plan(prompt: Prompt, engine: Engine): { readonly want: Want; readonly ask: Ask } {
  const { model, body, asked, door, turns, keepAliveMs } = prompt;
  const can = (capability: string) => model.capabilities.includes(capability);
  if (!can('completion')) throw noDoor(asked, door);
  const thinks = body.think ?? can('thinking');
  if (thinks !== false && !can('thinking')) throw noThinking(asked);
  if (Array.isArray(body.tools) && body.tools.length > 0 && !can('tools')) throw noTools(model.fullName);
  const options = mergeOptions(model, isObject(body.options) ? body.options : {});
  const runner = runnerFor(model, options, {
    defaultContext: engine.defaultContext,
    shift: body.shift !== false,
  });
  return {
    want: { model, runner, keepAliveMs },
    ask: {
      model,
      turns,
      options,
      think: thinks !== false,
      format: body.format,
      contextTokens: Array.isArray(body.context) ? body.context.length : 0,
    },
  };
}
