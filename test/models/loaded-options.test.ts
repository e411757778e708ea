import { expect, it, vi } from 'vitest';
import { createLoadedOptions } from '../../src/models/loaded-options.ts';
import { createMemory } from '../../src/models/memory.ts';
import { fakeClock } from '../fakes/clock.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';
import { fakeStore } from '../fakes/store.ts';

const TAG = 'qwen2.5:7b';

/** A server with one model in memory, if any, and this context of it; and what we would send. */
function open(options: object, parallel = 1, store = fakeStore()) {
  const memory = createMemory(fakeClock());
  const models = [{ alias: 'small', tag: TAG, task_types: [], pinned: false, options }];
  const { logger } = quietPorts();
  const settings = () => ({ models, parallel });
  const loaded = createLoadedOptions({ host: 'here', memory, settings, store, logger, isOwner: () => true });
  const begins = () => {
    memory.mark(TAG, 'loading');
    return loaded.take(TAG);
  };
  const ends = () => void memory.mark(TAG, 'ready');
  return {
    open: loaded.open,
    begins,
    ends,
    loads() {
      const taken = begins();
      ends();
      return taken;
    },
    shows(contextLength?: number) {
      const resident = { tag: TAG, digest: '', sizeBytes: 1, vramBytes: 1, expiresAt: null };
      memory.sync(contextLength === undefined ? [] : [{ ...resident, contextLength }]);
      loaded.look();
    },
    sent: () => loaded.of(TAG),
  };
}

it('a model that we loaded keeps what it was loaded with', () => {
  const wished = open({ num_ctx: 4_096, num_thread: 4, temperature: 1 });
  expect(wished.loads()).toEqual({ num_ctx: 4_096, num_thread: 4 });
  wished.shows(4_096);
  expect(wished.sent()).toEqual({ num_ctx: 4_096, num_thread: 4 });
  const automatic = open({});
  automatic.loads();
  automatic.shows(32_768);
  expect(automatic.sent()).toEqual({});
});

it('whoever loaded it again with another context is followed', () => {
  const { loads, shows, sent } = open({ num_thread: 4 });
  loads();
  shows(32_768);
  shows(8_192);
  expect(sent()).toEqual({ num_thread: 4, num_ctx: 8_192 });
  shows();
  expect(sent()).toEqual({ num_thread: 4 });
});

it('what is still being loaded was loaded by nobody else, whatever is shown of it', () => {
  const { begins, shows, sent, ends } = open({});
  begins();
  shows(8_192);
  expect(sent()).toEqual({});
  ends();
  shows(32_768);
  expect(sent()).toEqual({});
  shows(8_192);
  expect(sent()).toEqual({ num_ctx: 8_192 });
});

it('what a model was loaded with outlives us, as the model does', async () => {
  const store = fakeStore();
  const before = open({ num_thread: 4 }, 1, store);
  before.loads();
  before.shows(32_768);
  await vi.waitFor(async () => expect(await store.get('loaded-options:here')).toBeDefined());
  const { open: opens, shows, sent } = open({ num_thread: 2, num_ctx: 4_096 }, 1, store);
  await opens();
  shows(32_768);
  expect(sent()).toEqual({ num_thread: 4 });
  shows();
  expect(sent()).toEqual({ num_thread: 2, num_ctx: 4_096 });
});

it('a server that shows the context of all slots together is not asked for more and more', () => {
  const { shows, sent } = open({ num_ctx: 2_048 }, 2);
  shows(8_192);
  expect(sent()).toEqual({ num_ctx: 8_192 });
  shows(16_384);
  expect(sent()).toEqual({ num_ctx: 8_192 });
});
