import { expect, it } from 'vitest';
import { OstlerError } from '../../src/errors.ts';
import { createInventory } from '../../src/models/inventory.ts';
import type { ModelServer } from '../../src/ports/models.ts';
import { fakeClock } from '../fakes/clock.ts';

const never = new AbortController().signal;

/** An older server, which lists no capabilities; `broken:latest` cannot be shown. */
function olderServer() {
  const shown: string[] = [];
  const model = (tag: string) => ({ tag, digest: `sha-${tag}`, sizeBytes: 1, modifiedAt: '' });
  const server = {
    list: async () => [model('eyes:latest'), model('broken:latest')],
    show: async (tag: string) => {
      shown.push(tag);
      if (tag === 'broken:latest') throw new OstlerError('no', { code: 'server_error' });
      return { capabilities: ['completion', 'vision'], parameters: {} };
    },
  } as unknown as ModelServer;
  return { server, shown };
}

it('asks an older server once for each model’s capabilities, and a damaged one hides no other', async () => {
  const { server, shown } = olderServer();
  const clock = fakeClock();
  const inventory = createInventory(server, clock, 1_000);
  expect(inventory.isFresh(60_000)).toBe(false);
  await inventory.refresh(never);
  await inventory.refresh(never);
  expect(shown).toEqual(['eyes:latest', 'broken:latest', 'broken:latest']);
  expect(inventory.find('EYES')?.capabilities).toEqual(['completion', 'vision']);
  expect(inventory.find('broken')?.capabilities).toBeUndefined();
  expect(inventory.find('gone')).toBeUndefined();
  expect(inventory.isFresh(60_000)).toBe(true);
  clock.advance(60_001);
  expect(inventory.isFresh(60_000)).toBe(false);
});
