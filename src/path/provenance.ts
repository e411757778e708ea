import type { Provenance } from '../chat/exchange.ts';
import type { Grant } from '../models/grant.ts';
import type { Route } from './job.ts';

/** Which model answers, and what decided that. */
export function provenanceOf({ by, rule }: Route, { model, placement }: Grant): Provenance {
  const { reason, notice } = placement;
  return {
    model,
    by,
    ...(rule !== undefined && { rule }),
    reason,
    ...(notice !== undefined && { notice }),
  };
}
