import type { Exchange } from '../chat/exchange.ts';
import type { Logger } from '../ports/logger.ts';
import type { Job } from './job.ts';

/** One line for each message: ids, route, times; never its text. */
export function logOutcome(logger: Logger, job: Job, { outcome, takenAt, at }: Exchange): void {
  const { platform, chat, thread } = job.message.address;
  const { by, rule, model } = job.route;
  const fields = {
    job: job.id,
    platform,
    chat,
    ...(thread !== undefined && { thread }),
    by,
    ...(rule !== undefined && { rule }),
    model: model || null,
    seconds: (at - takenAt) / 1_000,
  };
  if (outcome.kind === 'answer') {
    const { provenance, tokens, waitSeconds, from } = outcome.answer;
    logger.info({ ...fields, model: provenance.model, from, tokens, waitSeconds }, 'answered');
  } else if (outcome.kind === 'failure') {
    logger.warn({ ...fields, code: outcome.failure.code, hint: outcome.failure.hint }, 'not answered');
  } else logger.info({ ...fields, model: outcome.model ?? fields.model }, 'stopped');
}
