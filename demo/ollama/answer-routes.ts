import { checkBody } from './body-types.ts';
import type { Call, Engine, Route } from './call.ts';
import { noEmbeddings, notFound } from './errors.ts';
import type { Usage } from './generation.ts';
import { parseKeepAlive } from './keep-alive.ts';
import { goTime, wallNow } from './pace.ts';
import { type Prompt, plan, readChat, readGenerate } from './prompt.ts';
import { mergeOptions, runnerFor } from './runner-options.ts';

const STREAM_TYPE = 'application/x-ndjson';
const TOKEN_IDS = 32_000;

export const chat: Route = (call, engine) => answer(readChat(call, engine), call, engine);
export const generate: Route = (call, engine) => answer(readGenerate(call, engine), call, engine);

/** Loads the model as Ollama does, and then llama-server refuses. */
export const embed: Route = async (call, engine) => {
  const body = checkBody(call.body(), 'EmbedRequest');
  const keepAliveMs = parseKeepAlive(body.keep_alive);
  const asked = String(body.model ?? '');
  const model = engine.disk.find(asked);
  if (!model) throw notFound(asked);
  const runner = runnerFor(model, mergeOptions(model, body.options), {
    defaultContext: engine.defaultContext,
    shift: true,
  });
  const lease = await engine.scheduler.acquire({ model, runner, keepAliveMs }, call.reply.signal);
  lease.release();
  throw noEmbeddings();
};

async function answer(prompt: Prompt, call: Call, engine: Engine): Promise<void> {
  const { reply, arrivedAtMs } = call;
  if (prompt.empty && prompt.keepAliveMs === 0) {
    const resident = engine.residency.get(prompt.model);
    if (resident) engine.residency.expire(resident, true);
    return reply.json(200, { ...chunk(prompt, 'text', ''), done: true, done_reason: 'unload' });
  }
  const { want, ask } = plan(prompt, engine);
  const lease = await engine.scheduler.acquire(want, reply.signal);
  if (prompt.empty) {
    lease.release();
    return reply.json(200, { ...chunk(prompt, 'text', ''), done: true, done_reason: 'load' });
  }
  const loadedAtMs = performance.now();
  const said = { thinking: '', text: '' };
  for await (const piece of engine.generate(ask, lease, reply.signal)) {
    if (piece.type === 'end') {
      const last = {
        done: true,
        done_reason: piece.reason,
        ...tokenIds(prompt, piece.usage),
        total_duration: engine.pace.told(performance.now() - arrivedAtMs),
        load_duration: engine.pace.told(loadedAtMs - arrivedAtMs),
        ...piece.usage,
      };
      if (!prompt.stream) return reply.json(200, { ...whole(prompt, said), ...last });
      await reply.write(line({ ...chunk(prompt, 'text', ''), ...last }), STREAM_TYPE);
    } else if (prompt.stream) {
      await reply.write(line({ ...chunk(prompt, piece.type, piece.text), done: false }), STREAM_TYPE);
    } else said[piece.type] += piece.text;
  }
  reply.end();
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function chunk(prompt: Prompt, type: 'thinking' | 'text', text: string) {
  return whole(prompt, { thinking: '', text: '', [type]: text });
}

function whole({ door, asked }: Prompt, said: { readonly thinking: string; readonly text: string }) {
  const thinking = said.thinking === '' ? {} : { thinking: said.thinking };
  const head = { model: asked, created_at: goTime(wallNow()) };
  return door === 'chat'
    ? { ...head, message: { role: 'assistant', content: said.text, ...thinking } }
    : { ...head, response: said.text, ...thinking };
}

/** The conversation as /api/generate hands it out; only its length means something. */
function tokenIds({ door, body }: Prompt, usage: Usage): { readonly context?: readonly number[] } {
  if (door === 'chat' || body.raw === true) return {};
  const length = usage.prompt_eval_count + usage.eval_count;
  return { context: Array.from({ length }, (_, index) => (index * 7_919) % TOKEN_IDS) };
}
