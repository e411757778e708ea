import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * The chat half of a front: what turns a chat into calls on the house and back. What stands around it is the
 * connection (sockets, HTTP, keys, reaching a bot that restarts) and how things look (the page, the screen).
 */
const CHAT_HALVES: readonly (readonly [string, readonly string[]])[] = [
  ['web', ['bodies.ts', 'commands.ts', 'events.ts', 'routes.ts', 'words.ts']],
  ['terminal', ['ask.ts', 'client.ts', 'follow.ts', 'give.ts', 'talk.ts']],
];
const MOST_LINES = 300;

describe.each(CHAT_HALVES)('the chat half of the front %s', (front, files) => {
  const folder = join('adapters', front, 'chat');

  it('is these files', async () => {
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([...files]);
  });

  it(`has less than ${MOST_LINES} lines`, async () => {
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const lines = texts.map((text) => text.split('\n').length - 1);
    expect(lines.reduce((sum, count) => sum + count)).toBeLessThan(MOST_LINES);
  });
});
