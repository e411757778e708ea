import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openAudit } from '../../../adapters/disk/audit.ts';
import type { AuditEntry } from '../../../src/ports/audit.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { temporaryFolder } from '../../servers/ostler.ts';

const ENTRY: AuditEntry = {
  platform: 'telegram',
  chat: '-100',
  person: '7',
  name: 'Ada',
  what: 'model',
  on: 'fast',
  outcome: 'done',
};

async function opened({ max_mb = 1, files = 5 } = {}) {
  const folder = join(await temporaryFolder(), 'data');
  await mkdir(folder);
  const errors: object[] = [];
  const nothing = () => {};
  const logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (fields: object) => void errors.push(fields),
  };
  const open = () => openAudit(folder, { max_mb, files }, { clock: fakeClock(), logger });
  const linesOf = async (name: string) => (await readFile(join(folder, name), 'utf8')).trim().split('\n');
  return { folder, errors, open, linesOf };
}

it('one line an entry, with its time, readable by nobody else', async () => {
  const { folder, open, linesOf } = await opened();
  const audit = open();
  audit.note(ENTRY);
  audit.note({ ...ENTRY, what: 'approve', outcome: 'refused' });
  await audit.close();
  const lines = await linesOf('audit.jsonl');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { at: '1970-01-01T00:00:00.000Z', ...ENTRY },
    { at: '1970-01-01T00:00:00.000Z', ...ENTRY, what: 'approve', outcome: 'refused' },
  ]);
  expect((await stat(join(folder, 'audit.jsonl'))).mode & 0o777).toBe(0o600);
});

it('what is there is never written over, also by another start', async () => {
  const { open, linesOf } = await opened();
  for (const what of ['one', 'two']) {
    const audit = open();
    audit.note({ ...ENTRY, what });
    await audit.close();
  }
  expect((await linesOf('audit.jsonl')).map((line) => JSON.parse(line).what)).toEqual(['one', 'two']);
});

it('a large file is put aside, and the oldest goes', async () => {
  const { folder, open, linesOf } = await opened({ max_mb: 0.001, files: 3 });
  for (let at = 0; at < 60; at += 1) {
    const audit = open();
    audit.note({ ...ENTRY, on: String(at) });
    await audit.close();
  }
  expect(JSON.parse((await linesOf('audit.jsonl')).at(-1) ?? '')).toMatchObject({ on: '59' });
  expect((await readdir(folder)).toSorted()).toEqual(['audit.1.jsonl', 'audit.2.jsonl', 'audit.jsonl']);
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

it('what cannot be written is in the log of the operator, and later entries are written again', async () => {
  const { folder, errors, open, linesOf } = await opened();
  await rm(folder, { recursive: true });
  await writeFile(folder, 'not a folder');
  const audit = open();
  audit.note(ENTRY);
  await vi.waitFor(() => expect(errors).toMatchObject([{ what: 'model', person: '7' }]));
  await rm(folder);
  await mkdir(folder);
  audit.note({ ...ENTRY, what: 'later' });
  await audit.close();
  expect((await linesOf('audit.jsonl')).map((line) => JSON.parse(line).what)).toEqual(['later']);
});
