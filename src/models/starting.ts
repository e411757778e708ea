import { toFailure } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { KeepAlive } from '../ports/models.ts';
import type { Queue } from '../ports/queue.ts';
import type { Grant } from './grant.ts';
import type { Line } from './line.ts';
import type { LoadedOptions } from './loaded-options.ts';
import type { Place } from './place.ts';
import type { ServerState } from './server-state.ts';
import type { Turnstile } from './turnstile.ts';

/** After the queue could not begin a job. */
const STORAGE_PAUSE_MS = 5_000;

type Surroundings = {
  readonly queue: Pick<Queue, 'promote'>;
  readonly line: Line;
  readonly state: Pick<ServerState, 'memory' | 'inventory' | 'isSimulated'>;
  readonly loadedOptions: Pick<LoadedOptions, 'of'>;
  readonly turnstile: Pick<Turnstile, 'giveBack'>;
  readonly keepAlive: (model: string) => KeepAlive;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Begins the jobs whose turn has come. */
export function createStarting(surroundings: Surroundings) {
  const { queue, line, state, loadedOptions, turnstile, keepAlive, clock, logger } = surroundings;
  const { memory, inventory } = state;

  function startJob(id: string, model: string): void {
    const waiting = line.find(id);
    const grant = waiting && grantOf(waiting);
    if (!grant) return;
    waiting.grant = grant;
    waiting.atOnce = memory.use(model);
    begin(id);
  }

  /** As things stand: before its model is loaded, its context may be another one. */
  function grantOf({ placement }: Place): Grant | undefined {
    if (placement?.kind !== 'model') return undefined;
    const { model } = placement;
    const { digest = '', capabilities = [] } = inventory.find(model) ?? {};
    return {
      model,
      options: loadedOptions.of(model),
      keepAlive: keepAlive(model),
      digest,
      capabilities,
      contextLength: memory.resident(model)?.contextLength,
      simulated: state.isSimulated(),
      placement,
    };
  }

  /** What was kept and not delivered needs no model. */
  function beginDeliveries(): void {
    for (const place of line.undelivered(clock.now())) {
      place.delivering = true;
      begin(place.job.id);
    }
  }

  function begin(id: string): void {
    queue.promote(id).then(
      (begun) => begun || turnstile.giveBack(id, STORAGE_PAUSE_MS),
      (error: unknown) => {
        logger.error({ job: id, ...toFailure(error) }, 'a question could not be begun');
        turnstile.giveBack(id, STORAGE_PAUSE_MS);
      },
    );
  }

  return { grantOf, startJob, beginDeliveries };
}
