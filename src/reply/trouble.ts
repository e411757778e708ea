import { OstlerError } from '../errors.ts';

/** What stood in the way of a call to a platform, as what follows from it. */
export type Trouble =
  | { readonly kind: 'wait'; readonly seconds: number }
  /** The formatting was refused: it may go as plain text. */
  | { readonly kind: 'unparsable'; readonly error: OstlerError }
  /** The message already is as it should be. */
  | { readonly kind: 'unmodified' }
  /** The message is not there, or cannot be changed any more. */
  | { readonly kind: 'gone' }
  /** The group has another id now. */
  | { readonly kind: 'moved'; readonly chat: string }
  | { readonly kind: 'failed'; readonly error: OstlerError };

/** The platform wants to hear nothing for a while. */
export function busyError(platform: string, seconds: number): OstlerError {
  return new OstlerError(`${platform} asks for a pause.`, {
    code: 'busy',
    hint: `It takes nothing more for this chat for ${Math.ceil(seconds)} s.`,
    retryable: true,
  });
}

/** A call has no answer: it may have arrived. */
export function noAnswer(platform: string, hint: string): OstlerError {
  return new OstlerError(`${platform} cannot be reached.`, { code: 'unreachable', hint, retryable: true });
}
