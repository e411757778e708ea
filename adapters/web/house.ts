import { Hono } from 'hono';
import { describeModel } from '../../src/chat/describe-model.ts';
import { describeOllama } from '../../src/chat/describe-ollama.ts';
import type { Front } from '../../src/chat/front.ts';
import type { StatusView } from '../../src/chat/status-view.ts';
import type { WebEnv } from './env.ts';

/**
 * What concerns no chat:
 *
 * | request | answer |
 * |---|---|
 * | GET  /api/status | StatusView; what people read of a model or of Ollama's state comes as `words` beside it |
 * | GET  /api/llm/stats | LlmStats |
 */
export function houseRoutes(front: Front): Hono<WebEnv> {
  const api = new Hono<WebEnv>();
  api.get('/status', (c) => c.json(statusWithWords(front.status())));
  api.get('/llm/stats', (c) => c.json(front.llmStats()));
  return api;
}

function statusWithWords(status: StatusView) {
  const ollama = { ...status.ollama, words: describeOllama(status.ollama) };
  const models = status.models.map((model) => ({ ...model, words: describeModel(model) }));
  return { ...status, ollama, models };
}
