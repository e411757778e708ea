import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Keep, Log } from '../../src/ports/log.ts';

/** Two connections to the same data, and a way to let a lifetime pass. */
export type LogHome = {
  readonly log: Log;
  readonly other: Log;
  /** Resolves once `ms` have passed for the log. */
  elapse(ms: number): Promise<void>;
  dispose(): Promise<void>;
};

const TTL_MS = 3_600_000;
const keeping = (entries: number, ttlMs = TTL_MS): Keep => ({ entries, ttlMs });

/** What every log promises: run on each adapter. */
export function logContract(name: string, makeHome: () => Promise<LogHome>): void {
  describe(`${name} keeps the promises of a log`, () => {
    let home: LogHome;
    beforeEach(async () => {
      home = await makeHome();
    });
    afterEach(() => home.dispose());

    async function fill(stream: string, count: number, keep = 1_000): Promise<readonly string[]> {
      const ids = Array.from({ length: count }, (_, i) => `e${i}`);
      for (const id of ids) await home.log.append(stream, id, { said: id }, keeping(keep));
      return ids;
    }
    const idsOf = async (stream: string, query: { after?: string; limit: number }) =>
      (await home.other.range(stream, query)).map(({ id }) => id);

    it('gives back what was appended, oldest first', async () => {
      const ids = await fill('s', 12);
      const entries = await home.other.range('s', { limit: 100 });
      expect(entries.map(({ id }) => id)).toEqual(ids);
      expect(entries.map(({ value }) => value)).toEqual(ids.map((said) => ({ said })));
    });

    it('gives cursors that sort by age as plain strings', async () => {
      await fill('s', 120);
      const cursors = (await home.log.range('s', { limit: 200 })).map(({ cursor }) => cursor);
      expect([...cursors].sort()).toEqual(cursors);
      expect(new Set(cursors).size).toBe(120);
    });

    it('appends an id once and gives the entry that is there, as it is', async () => {
      const first = await home.log.append('s', 'e1', 'first', keeping(10));
      expect(first).toMatchObject({ added: true, entry: { id: 'e1', value: 'first' } });
      expect(await home.other.append('s', 'e1', 'second', keeping(10))).toEqual({
        entry: first.entry,
        added: false,
      });
      expect(await home.log.range('s', { limit: 10 })).toEqual([first.entry]);
    });

    it('appends an id once also when it comes many times at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          (i % 2 === 0 ? home.log : home.other).append('s', 'e1', i, keeping(10)),
        ),
      );
      expect(results.filter(({ added }) => added)).toHaveLength(1);
      expect(new Set(results.map(({ entry }) => JSON.stringify(entry))).size).toBe(1);
    });

    it('finds an entry by its id, in its own stream', async () => {
      const { entry } = await home.log.append('s', 'e1', { a: 1 }, keeping(10));
      expect(await home.other.find('s', 'e1')).toEqual(entry);
      expect(await home.other.find('s', 'e2')).toBeUndefined();
      expect(await home.other.find('t', 'e1')).toBeUndefined();
    });

    it('gives the last entries where there are more than the limit', async () => {
      await fill('s', 10);
      expect(await idsOf('s', { limit: 3 })).toEqual(['e7', 'e8', 'e9']);
    });

    it('gives only what came after a cursor', async () => {
      await fill('s', 10);
      const cursor = (await home.log.find('s', 'e4'))?.cursor ?? '';
      expect(await idsOf('s', { after: cursor, limit: 100 })).toEqual(['e5', 'e6', 'e7', 'e8', 'e9']);
      expect(await idsOf('s', { after: cursor, limit: 2 })).toEqual(['e8', 'e9']);
      const last = (await home.log.find('s', 'e9'))?.cursor ?? '';
      expect(await idsOf('s', { after: last, limit: 100 })).toEqual([]);
    });

    it('keeps the last entries and forgets the ids of those that are gone', async () => {
      await fill('s', 10, 4);
      expect(await idsOf('s', { limit: 100 })).toEqual(['e6', 'e7', 'e8', 'e9']);
      expect(await home.log.find('s', 'e5')).toBeUndefined();
      expect(await home.log.append('s', 'e5', 'anew', keeping(4))).toMatchObject({ added: true });
      expect(await idsOf('s', { limit: 100 })).toEqual(['e7', 'e8', 'e9', 'e5']);
    });

    it('follows a limit that became smaller', async () => {
      await fill('s', 10);
      await home.log.append('s', 'last', 1, keeping(2));
      expect(await idsOf('s', { limit: 100 })).toEqual(['e9', 'last']);
    });

    it('clears one stream and leaves the others', async () => {
      await fill('s', 3);
      await fill('t', 3);
      await home.log.clear('s');
      expect(await idsOf('s', { limit: 100 })).toEqual([]);
      expect(await home.log.find('s', 'e1')).toBeUndefined();
      expect(await idsOf('t', { limit: 100 })).toEqual(['e0', 'e1', 'e2']);
      await home.log.clear('never');
    });

    it('never makes a cursor that is not greater than those before it, also after a clear', async () => {
      const { entry } = await home.log.append('s', 'e1', 1, keeping(10));
      await home.log.clear('s');
      expect(await home.log.append('s', 'e1', 2, keeping(10))).toMatchObject({ added: true });
      expect(await idsOf('s', { after: entry.cursor, limit: 10 })).toEqual(['e1']);
    });

    it('forgets a stream that had no new entry for its lifetime, and no other', async () => {
      await home.log.append('s', 'e1', 1, keeping(10, 50));
      await home.log.append('t', 'e1', 1, keeping(10));
      await home.elapse(60);
      expect(await home.log.find('s', 'e1')).toBeUndefined();
      expect(await idsOf('s', { limit: 10 })).toEqual([]);
      expect(await idsOf('t', { limit: 10 })).toEqual(['e1']);
      expect(await home.log.append('s', 'e1', 2, keeping(10))).toMatchObject({ added: true });
      expect(await idsOf('s', { limit: 10 })).toEqual(['e1']);
    });

    it('counts the lifetime from the last entry', async () => {
      await home.log.append('s', 'e1', 1, keeping(10, 50));
      await home.log.append('s', 'e2', 1, keeping(10));
      await home.elapse(60);
      expect(await idsOf('s', { limit: 10 })).toEqual(['e1', 'e2']);
    });

    it('keeps values of any shape, and large ones', async () => {
      const large = { text: 'ü'.repeat(200_000), list: [] as unknown[], nothing: null, object: {} };
      await home.log.append('s', 'ä:🐎 "quoted"', large, keeping(10));
      expect((await home.other.find('s', 'ä:🐎 "quoted"'))?.value).toEqual(large);
      expect((await home.other.range('s', { limit: 1 }))[0]?.value).toEqual(large);
    });
  });
}
