import type { OstlerError } from '../../src/errors.ts';

/** A lost Redis makes the same error many times a second: one in this time is told. */
const quietMs = 10_000;

export type Report = (error: OstlerError) => void;

/** Passes an error on unless the same message was passed on within the last 10 s. */
export function rateLimited(report: Report, now: () => number = () => performance.now()): Report {
  const lastTold = new Map<string, number>();
  return (error) => {
    const at = now();
    for (const [message, told] of lastTold) if (at - told >= quietMs) lastTold.delete(message);
    if (lastTold.has(error.message)) return;
    lastTold.set(error.message, at);
    report(error);
  };
}
