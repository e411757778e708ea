import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Rates } from '../../src/ports/rates.ts';

export type RatesHome = { readonly rates: Rates; dispose(): Promise<void> };

/** What every count promises: run on each adapter. */
export function ratesContract(name: string, makeHome: () => Promise<RatesHome>): void {
  describe(`${name} keep the promises of rates`, () => {
    let home: RatesHome;
    beforeEach(async () => {
      home = await makeHome();
    });
    afterEach(() => home.dispose());

    it('add up what is taken, under each key for itself', async () => {
      const { rates } = home;
      expect((await rates.add('a', 1, 60)).points).toBe(1);
      expect((await rates.add('a', 41, 60)).points).toBe(42);
      expect((await rates.add('b', 1, 60)).points).toBe(1);
    });

    it('lose nothing of what is taken at the same time', async () => {
      const taken = await Promise.all(Array.from({ length: 50 }, () => home.rates.add('a', 1, 60)));
      expect(new Set(taken.map(({ points }) => points)).size).toBe(50);
    });

    it('tell when a window ends: it began with the first that was taken', async () => {
      const first = await home.rates.add('a', 1, 86_400);
      expect(first.endsInMs).toBeGreaterThan(86_000_000);
      expect(first.endsInMs).toBeLessThanOrEqual(86_400_000);
      expect((await home.rates.add('a', 1, 86_400)).endsInMs).toBeLessThanOrEqual(first.endsInMs);
    });

    it('can be looked at, and given back to', async () => {
      const { rates } = home;
      await rates.add('a', 3, 60);
      expect((await rates.add('a', 0, 60)).points).toBe(3);
      expect((await rates.add('a', -2, 60)).points).toBe(1);
    });

    it('begin anew when the window is over', async () => {
      await home.rates.add('a', 5, 1);
      const lookAgain = async () => expect((await home.rates.add('a', 0, 1)).points).toBe(0);
      await vi.waitFor(lookAgain, { timeout: 10_000, interval: 50 });
    });
  });
}
