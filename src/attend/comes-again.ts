import { type Failure, OstlerError, toFailure } from '../errors.ts';

/** Whether what happened must be brought once more: it cannot be kept now. */
function isForLater({ code }: Pick<Failure, 'code'>): boolean {
  return code === 'storage' || code === 'stopping';
}

/** The failure to tell its person. Throws where what happened must be brought once more. */
export function comesAgain(failure: Failure): Failure {
  if (!isForLater(failure)) return failure;
  const { code, message, hint } = failure;
  throw new OstlerError(message, { code, retryable: true, ...(hint !== undefined && { hint }) });
}

/** The same for what was thrown; what is no OstlerError is a mistake of ours, and is thrown on. */
export function failureToTell(error: unknown): Failure {
  if (!(error instanceof OstlerError) || isForLater(error)) throw error;
  return toFailure(error);
}
