import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The layer rule as the linter holds it: the real Biome on a copy of the folders' shape. */

const BIOME = resolve('node_modules/@biomejs/biome/bin/biome');

type Import = { readonly name: string; readonly file: string; readonly from: string };

const forbidden: readonly Import[] = [
  { name: 'src imports an adapter', file: 'src/path/a.ts', from: '../../adapters/ollama/server.ts' },
  { name: 'src imports an adapter from its top', file: 'src/b.ts', from: '../adapters/web/serve.ts' },
  { name: 'src imports main', file: 'src/path/c.ts', from: '../main.ts' },
  { name: 'src imports cli', file: 'src/d.ts', from: './cli.ts' },
  { name: 'src imports the demo', file: 'src/models/e.ts', from: '../../demo/ollama/main.ts' },
  { name: 'src imports a test', file: 'src/models/f.ts', from: '../../test/servers/chromium.ts' },
  { name: 'an adapter imports another', file: 'adapters/web/a.ts', from: '../ollama/server.ts' },
  {
    name: 'a room of an adapter imports another',
    file: 'adapters/web/chat/a.ts',
    from: '../../ollama/server.ts',
  },
  { name: 'a room of an adapter imports main', file: 'adapters/web/chat/b.ts', from: '../../../src/main.ts' },
  { name: 'an adapter imports main', file: 'adapters/web/b.ts', from: '../../src/main.ts' },
  { name: 'an adapter imports cli', file: 'adapters/web/c.ts', from: '../../src/cli.ts' },
  { name: 'an adapter imports the demo', file: 'adapters/web/d.ts', from: '../../demo/main.ts' },
  { name: 'main imports the demo', file: 'src/main.ts', from: '../demo/main.ts' },
  { name: 'cli imports a test', file: 'src/cli.ts', from: '../test/servers/chromium.ts' },
];

const allowed: readonly Import[] = [
  { name: 'main imports an adapter', file: 'src/main.ts', from: '../adapters/ollama/server.ts' },
  { name: 'cli imports an adapter', file: 'src/cli.ts', from: '../adapters/ollama/server.ts' },
  { name: 'cli imports main', file: 'src/cli.ts', from: './main.ts' },
  { name: 'src imports src', file: 'src/path/g.ts', from: '../errors.ts' },
  { name: 'an adapter imports src', file: 'adapters/web/e.ts', from: '../../src/errors.ts' },
  { name: 'an adapter imports a room of src', file: 'adapters/web/f.ts', from: '../../src/ports/clock.ts' },
  { name: 'an adapter imports its own folder', file: 'adapters/web/g.ts', from: './a.ts' },
  { name: 'a room of an adapter imports its adapter', file: 'adapters/web/chat/c.ts', from: '../env.ts' },
  {
    name: 'a room of an adapter imports src',
    file: 'adapters/web/chat/d.ts',
    from: '../../../src/errors.ts',
  },
  { name: 'the demo imports main', file: 'demo/main.ts', from: '../src/main.ts' },
  { name: 'a test imports an adapter', file: 'test/web/a.test.ts', from: '../../adapters/web/serve.ts' },
];

let folder: string;
let reported: ReadonlySet<string>;

/** Each import lies in a checkout of its own, because several have the same file. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostler-layers-'));
  reported = new Set(await Promise.all([...forbidden, ...allowed].map(lint)).then((found) => found.flat()));
});

afterAll(() => rm(folder, { recursive: true }));

async function lint({ name, file, from }: Import): Promise<readonly string[]> {
  const checkout = join(folder, name.replaceAll(' ', '-'));
  await mkdir(dirname(join(checkout, file)), { recursive: true });
  await cp('biome.json', join(checkout, 'biome.json'));
  await writeFile(join(checkout, file), `import { a } from '${from}';\n\nexport const b = a;\n`);
  const { summary, diagnostics } = await biome(checkout, file);
  expect(summary.unchanged, `${name}: ${file} is linted`).toBe(1);
  return diagnostics.some(({ category }) => category === 'lint/style/noRestrictedImports') ? [name] : [];
}

type Report = {
  readonly summary: { readonly unchanged: number };
  readonly diagnostics: readonly { readonly category: string }[];
};

function biome(cwd: string, file: string): Promise<Report> {
  const args = [BIOME, 'lint', '--vcs-enabled=false', '--reporter=json', file];
  return new Promise((done, fail) => {
    execFile(process.execPath, args, { cwd }, (error, stdout, stderr) => {
      // Biome exits with 1 where it found something; what counts is the report.
      if (stdout === '') fail(new Error(`Biome said nothing: ${stderr}`, { cause: error }));
      else done(JSON.parse(stdout));
    });
  });
}

describe('the linter refuses it when', () => {
  test.each(forbidden)('$name', ({ name }) => {
    expect(reported.has(name)).toBe(true);
  });
});

describe('the linter lets pass that', () => {
  test.each(allowed)('$name', ({ name }) => {
    expect(reported.has(name)).toBe(false);
  });
});
