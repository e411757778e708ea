import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import type { WebEnv } from './env.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page as it lies in `page/`, and the two libraries that its modules import. */
export function assetRoutes(): Hono<WebEnv> {
  const assets = new Hono<WebEnv>();
  assets.use(etag());
  assets.get('/', (c) => serveFile(c, new URL('page/index.html', import.meta.url), '.html'));
  // The pattern holds no slash and one dot, so no path leads out of the folder.
  assets.get('/page/:file{[a-z-]+\\.(css|js|svg)}', (c) => {
    const file = c.req.param('file');
    return serveFile(c, new URL(`page/${file}`, import.meta.url), extname(file));
  });
  assets.get('/vendor/marked.js', (c) => serveFile(c, new URL(import.meta.resolve('marked')), '.js'));
  assets.get('/vendor/purify.js', (c) => serveFile(c, new URL(import.meta.resolve('dompurify')), '.js'));
  return assets;
}

async function serveFile(c: Context, file: URL, extension: string): Promise<Response> {
  try {
    const bytes = await readFile(file);
    return c.body(bytes, 200, {
      'Content-Type': TYPES[extension] ?? 'application/octet-stream',
      'Cache-Control': 'no-cache',
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return c.notFound();
    throw error;
  }
}
