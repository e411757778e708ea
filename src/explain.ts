import { ConfigError, printMistakes } from './config/mistakes.ts';
import { OstlerError } from './errors.ts';

/** Prints why it cannot go on. Returns the exit code: 2 for what the operator wrote, 1 otherwise. */
export function explain(error: unknown): number {
  if (error instanceof ConfigError) {
    process.stderr.write(`${printMistakes(error.mistakes)}\n`);
    return 2;
  }
  if (!(error instanceof OstlerError)) throw error;
  process.stderr.write(`ostler: ${error.message}${error.hint === undefined ? '' : `\n  ${error.hint}`}\n`);
  return error.code === 'bad_config' || error.code === 'bad_input' ? 2 : 1;
}
