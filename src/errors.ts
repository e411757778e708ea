/** What went wrong, for programs: fronts and exit codes switch on it, tests name it. */
export type ErrorCode =
  | 'already_running'
  | 'bad_config'
  | 'bad_input'
  | 'busy'
  | 'cancelled'
  | 'expired'
  | 'forbidden'
  | 'insufficient_memory'
  | 'internal'
  | 'invalid_output'
  | 'limited'
  | 'load_failed'
  | 'mid_stream'
  | 'no_model'
  | 'no_vision'
  | 'not_installed'
  | 'out_of_memory'
  | 'server_error'
  | 'stalled'
  | 'stopping'
  | 'storage'
  | 'too_long'
  | 'undeliverable'
  | 'unreachable'
  | 'unsupported';

/** The memory that a model needs, and what there is for it; what is left out is not known. */
export type Room = {
  readonly requiredBytes: number;
  /** What it could use now. */
  readonly availableBytes?: number;
  /** What it could use besides if all models left that may. */
  readonly freeableBytes?: number;
};

/** The plain-data form of an error: what is kept in a conversation and sent to a front. */
export type Failure = {
  readonly code: ErrorCode;
  /** For the person who asked. */
  readonly message: string;
  /** For the operator: what to do about it. */
  readonly hint?: string;
  /** Of `insufficient_memory`. */
  readonly room?: Room;
  /** Its person was told the same a moment ago: a chat does not repeat it. */
  readonly quiet?: true;
};

type Details = {
  code: ErrorCode;
  hint?: string;
  room?: Room;
  cause?: unknown;
  retryable?: boolean;
  quiet?: boolean;
};

/** The one error of this house: a code for programs, a message for the person, a hint for the operator. */
export class OstlerError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly room: Room | undefined;
  /** Whether the same request may succeed if it is simply sent again. Decided where the error is made. */
  readonly retryable: boolean;
  /** As of a Failure. */
  readonly quiet: boolean;

  constructor(message: string, details: Details) {
    super(message, { cause: details.cause });
    this.name = 'OstlerError';
    this.code = details.code;
    this.hint = details.hint;
    this.room = details.room;
    this.retryable = details.retryable ?? false;
    this.quiet = details.quiet ?? false;
  }
}

export function toFailure(error: unknown): Failure {
  if (!(error instanceof OstlerError)) {
    return {
      code: 'internal',
      message: 'Something went wrong inside Ostler.',
      hint: error instanceof Error ? error.message : String(error),
    };
  }
  const { code, message, hint, room, quiet } = error;
  return { code, message, ...(hint && { hint }), ...(room && { room }), ...(quiet && { quiet }) };
}

/** What was thrown without being ours is a mistake of ours. */
export function toOstlerError(error: unknown): OstlerError {
  if (error instanceof OstlerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new OstlerError(message, { code: 'internal', cause: error });
}
