import { z } from 'zod';
import { OstlerError } from '../errors.ts';
import type { Route } from './job.ts';

/** Throws `invalid_output` for an answer that is empty or has not the format that was asked for. */
export function checkOutput(text: string, thinking: string, format: Route['format']): void {
  if (text.trim() === '') {
    throw invalid(
      thinking === '' ? 'The model answered with nothing.' : 'The model only thought and never answered.',
      'A larger num_predict or num_ctx may help.',
    );
  }
  if (format === undefined) return;
  const value = parse(text);
  if (format === 'json') return;
  const checked = z.fromJSONSchema(format as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  if (!checked.success)
    throw invalid('The answer does not follow its format.', z.prettifyError(checked.error));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('The answer is not the JSON that was asked for.', 'Was it cut by num_predict?', cause);
  }
}

function invalid(message: string, hint: string, cause?: unknown): OstlerError {
  return new OstlerError(message, { code: 'invalid_output', hint, cause, retryable: true });
}
