import { Hono } from 'hono';
import type { Front } from '../../src/chat/front.ts';
import { OstlerError, toFailure } from '../../src/errors.ts';
import { assetRoutes } from './assets.ts';
import { cacheRoutes } from './cache.ts';
import { apiRoutes } from './chat/routes.ts';
import type { WebEnv, WebOptions } from './env.ts';
import { refuse, STATUS_OF } from './failure.ts';
import { keyGate, localGate } from './gate.ts';
import { safeHeaders } from './headers.ts';
import { healthRoutes } from './health.ts';
import { houseRoutes } from './house.ts';
import { jsonBodies } from './json.ts';
import { createLogin } from './login.ts';
import { modelRoutes } from './models/routes.ts';

/** The web front: the page, and the JSON API that it and the terminal speak. */
export function createWebApp(front: Front, options: WebOptions): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  app.use(safeHeaders());

  if (!options.trusted) {
    if (options.key) {
      const login = createLogin(options.key, options.now ?? Date.now);
      app.use(keyGate(login));
      app.route('/', login.routes);
    } else {
      app.use(localGate());
    }
  }

  app.on(['POST', 'PUT'], ['/api/*', '/v1/*'], jsonBodies(options.maxBodyBytes));
  app.route('/api', houseRoutes(front));
  app.route('/api', apiRoutes(front, options));
  app.route('/api/cache', cacheRoutes(front, options));
  app.route('/v1/models', modelRoutes(front, options));
  app.route('/', healthRoutes(front, options));
  app.route('/', assetRoutes());

  app.notFound((c) => refuse(c, 404, { code: 'not_found', message: `There is nothing at ${c.req.path}.` }));
  app.onError((error, c) => {
    if (error instanceof OstlerError) return refuse(c, STATUS_OF[error.code], toFailure(error));
    options.onError(error);
    return refuse(c, 500, {
      code: 'internal',
      message: 'Something went wrong inside Ostler.',
      hint: 'Its log says what.',
    });
  });
  return app;
}
