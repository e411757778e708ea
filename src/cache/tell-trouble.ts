import type { CacheTier, TierHealth } from '../ports/cache-tier.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

const QUIET_MS = 60_000;

/** Logs how the second tier is at the start, as soon as that is known, and each change of it. */
export function tellHealth({ backend, health, onHealth }: CacheTier, logger: Logger): void {
  function tell({ state, detail }: TierHealth): void {
    const fields = { backend, state, ...(detail !== '' && { detail }) };
    if (state === 'ready') logger.info(fields, 'the second tier of the cache is ready');
    else logger.warn(fields, 'the second tier of the cache does not work as it should');
  }

  onHealth(tell);
  // It may have opened, or failed to, before anybody listened.
  if (health().state !== 'connecting') tell(health());
}

/**
 * Logs that the second tier did not give what was asked of it: the first time in each of its states, and while it
 * works otherwise, once a minute. `key`: as much of it as the log shows.
 */
export function tellErrors(
  { backend, health, onHealth }: CacheTier,
  { clock, logger }: { readonly clock: Pick<Clock, 'now'>; readonly logger: Logger },
): (key: string, error: string) => void {
  let toldAt: number | undefined;
  let others = 0;
  onHealth(() => {
    toldAt = undefined;
  });
  return (key, error) => {
    const { state } = health();
    const works = state === 'ready' || state === 'full';
    if (toldAt !== undefined && (!works || clock.now() - toldAt < QUIET_MS)) {
      others += 1;
      return;
    }
    logger.error({ key, backend, error, ...(others > 0 && { others }) }, 'cache_get_error');
    toldAt = clock.now();
    others = 0;
  };
}
