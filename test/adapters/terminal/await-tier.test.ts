import { describe, expect, it } from 'vitest';
import { awaitTier, countedStats } from '../../../adapters/terminal/cache/await-tier.ts';
import type { TierState } from '../../../src/ports/cache-tier.ts';
import { statsOfCache } from '../../fakes/cache-stats.ts';

const { l1 } = statsOfCache();
const never = new AbortController().signal;

/** Somebody whose second tier is so, one look after the other; the last stays. */
function looks(own: boolean, ...states: readonly (readonly [TierState, number | null])[]) {
  let at = 0;
  return {
    own,
    looked: () => at,
    client: {
      async cacheStats() {
        const [state, entries] = states[Math.min(at, states.length - 1)] ?? ['ready', 0];
        at += 1;
        return statsOfCache({ l2: { ...l1, backend: 'redis', detail: '', state, entries } });
      },
    },
  };
}

describe('an Ostler that was just opened', () => {
  it('is asked once it has connected', async () => {
    const opened = looks(true, ['connecting', null], ['connecting', null], ['ready', null], ['ready', 7]);
    await awaitTier(opened);
    expect(opened.looked()).toBe(3);
    expect((await countedStats(opened, never)).l2?.entries).toBe(7);
  });

  it.each(['down', 'full'] as const)('is not waited for where its tier is %s', async (state) => {
    const opened = looks(true, [state, state === 'full' ? 3 : null]);
    await awaitTier(opened);
    await countedStats(opened, never);
    expect(opened.looked()).toBe(2);
  });

  it('is not waited for for ever', async () => {
    const opened = looks(true, ['connecting', null]);
    expect((await countedStats(opened, never)).l2?.state).toBe('connecting');
  });
});

it('a bot that runs is taken as it is', async () => {
  const bot = looks(false, ['connecting', null]);
  expect((await countedStats(bot, never)).l2?.state).toBe('connecting');
  expect(bot.looked()).toBe(1);
});
