import { readFile, writeFile } from 'node:fs/promises';
import { editorSchema } from '../src/config/editor-schema.ts';

/** Writes config/ostler.schema.json; `--check` only says whether it is up to date. */

const FILE = new URL('../config/ostler.schema.json', import.meta.url);
const wanted = editorSchema();

if (process.argv.includes('--check')) {
  const present = await readFile(FILE, 'utf8').catch(() => '');
  if (present !== wanted) {
    console.error('config/ostler.schema.json is stale. Run: npm run schema');
    process.exitCode = 1;
  }
} else {
  await writeFile(FILE, wanted);
}
