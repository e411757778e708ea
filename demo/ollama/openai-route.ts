import { type Body, checkBody, isObject } from './body-types.ts';
import type { Call, Engine, Route } from './call.ts';
import { badRequest, noThinking, notFound, type OllamaError } from './errors.ts';
import type { Usage } from './generation.ts';
import { sha256 } from './models.ts';
import { mergeOptions, numberOf, runnerFor } from './runner-options.ts';
import type { SeenTurn } from './words.ts';

const STREAM_TYPE = 'text/event-stream';

/** /v1/chat/completions knows neither keep_alive nor options: both are ignored, as in Ollama. */
export const openAiChat: Route = async (call, engine) => {
  const { reply } = call;
  const body = checkBody(call.body(), 'ChatCompletionRequest');
  const asked = String(body.model ?? '');
  const ask = readAsk(body, asked, engine);
  const { model, options } = ask;
  const runner = runnerFor(model, options, { defaultContext: engine.defaultContext, shift: true });
  const lease = await engine.scheduler.acquire({ model, runner, keepAliveMs: undefined }, reply.signal);
  const head = { id: callId(call), created: Math.floor(Date.now() / 1_000), model: asked };
  const said = { thinking: '', text: '' };
  const send = (value: unknown) => reply.write(`data: ${JSON.stringify(value)}\n\n`, STREAM_TYPE);
  for await (const piece of engine.generate(ask, lease, reply.signal)) {
    if (body.stream !== true) {
      if (piece.type !== 'end') said[piece.type] += piece.text;
      else reply.json(200, completion(head, said, piece.reason, piece.usage), 'application/json');
    } else if (piece.type !== 'end') await send(delta(head, fields(piece.type, piece.text), null));
    else {
      await send(delta(head, { content: '' }, piece.reason));
      const wanted = body.stream_options;
      if (isObject(wanted) && wanted.include_usage === true) {
        await send({ ...delta(head, {}, null), choices: [], usage: usageOf(piece.usage) });
      }
      await reply.write('data: [DONE]\n\n', STREAM_TYPE);
      reply.end();
    }
  }
};

function readAsk(body: Body, asked: string, { disk }: Engine) {
  const messages = Array.isArray(body.messages) ? body.messages : [];
  if (messages.length === 0) throw badRequest("[] is too short - 'messages'");
  const model = disk.find(asked);
  if (!model) throw notFound(asked);
  const effort = body.reasoning_effort;
  const canThink = model.capabilities.includes('thinking');
  if (effort !== undefined && effort !== 'none' && !canThink) throw noThinking(asked);
  const most = numberOf(body.max_tokens);
  const options = mergeOptions(model, {
    temperature: numberOf(body.temperature) ?? 1,
    ...(most !== undefined && { num_predict: most }),
    ...(numberOf(body.seed) !== undefined && { seed: body.seed }),
  });
  const format = isObject(body.response_format) && body.response_format.type === 'json_object';
  return {
    model,
    options,
    turns: messages.map(readTurn),
    think: canThink && effort !== 'none',
    format: format ? 'json' : undefined,
    contextTokens: 0,
  };
}

function readTurn(message: unknown): SeenTurn {
  const { role, content } = isObject(message) ? message : {};
  const parts: readonly unknown[] = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  const known = parts.filter(isObject);
  return {
    role: String(role ?? ''),
    content: known.map((part) => (part.type === 'text' ? String(part.text ?? '') : '')).join('\n'),
    images: known.filter((part) => part.type === 'image_url').length,
  };
}

/** The error as OpenAI's clients expect it. */
export function openAiError({ status, message }: OllamaError) {
  const type = status === 404 ? 'not_found_error' : status < 500 ? 'invalid_request_error' : 'api_error';
  return { value: { error: { message, type, param: null, code: null } } };
}

type Head = { readonly id: string; readonly created: number; readonly model: string };

function completion(head: Head, said: { thinking: string; text: string }, reason: string, usage: Usage) {
  const message = {
    role: 'assistant',
    content: said.text,
    ...(said.thinking !== '' && { reasoning: said.thinking }),
  };
  return {
    ...envelope(head, 'chat.completion'),
    choices: [{ index: 0, message, finish_reason: reason }],
    usage: usageOf(usage),
  };
}

function delta(head: Head, content: Readonly<Record<string, string>>, reason: string | null) {
  return {
    ...envelope(head, 'chat.completion.chunk'),
    choices: [{ index: 0, delta: { role: 'assistant', ...content }, finish_reason: reason }],
  };
}

function fields(type: 'thinking' | 'text', text: string): Readonly<Record<string, string>> {
  return type === 'text' ? { content: text } : { content: '', reasoning: text };
}

function envelope({ id, created, model }: Head, object: string) {
  return { id, object, created, model, system_fingerprint: 'fp_ollama' };
}

function usageOf({ prompt_eval_count, eval_count }: Usage) {
  return {
    prompt_tokens: prompt_eval_count,
    completion_tokens: eval_count,
    total_tokens: prompt_eval_count + eval_count,
  };
}

function callId({ arrivedAtMs }: Call): string {
  return `chatcmpl-${Number.parseInt(sha256(String(arrivedAtMs)).slice(0, 6), 16) % 1_000}`;
}
