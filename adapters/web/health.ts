import { Hono } from 'hono';
import type { Front } from '../../src/chat/front.ts';
import { type Health, healthOf } from '../../src/stats/health.ts';
import { metricsOf } from '../../src/stats/metrics.ts';
import type { WebEnv, WebOptions } from './env.ts';

/** They are asked by what watches a program, which has no key, and tell nothing but which parts work. */
export const HEALTH_PATHS = ['/healthz', '/readyz'] as const;

/**
 * | request | answer |
 * |---|---|
 * | GET /healthz | 200 while the process lives |
 * | GET /readyz | Health; 503 where questions cannot be taken |
 * | GET /metrics | the figures of cache, models, questions and parts, for Prometheus |
 */
export function healthRoutes(front: Front, { connections }: Pick<WebOptions, 'connections'>): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  const health = async (): Promise<Health> => healthOf(await front.parts(), connections?.() ?? {});

  app.get('/healthz', (c) => c.text('ok', 200, FRESH));

  app.get('/readyz', async (c) => {
    const found = await health();
    return c.json(found, found.status === 'not_ready' ? 503 : 200, FRESH);
  });

  app.get('/metrics', async (c) => {
    const { expose } = await import('./metrics.ts');
    const told = { llm: front.llmStats(), status: front.status(), health: await health() };
    const { type, text } = await expose(metricsOf(told));
    return c.body(text, 200, { ...FRESH, 'Content-Type': type });
  });

  return app;
}

const FRESH = { 'Cache-Control': 'no-store' };
