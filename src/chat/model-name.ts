import { nearest } from '../config/nearest.ts';
import { OstlerError } from '../errors.ts';
import type { Front } from './front.ts';
import { oneLine } from './one-line.ts';

/** Ollama's own names are shorter; and as much of a wrong one is repeated. In characters. */
const LONGEST_NAME = 200;
const LONGEST_SHOWN = 64;

/** The names that people may call models by. */
export function modelNames(front: Front): readonly string[] {
  return front.status().models.flatMap(({ tag, aliases }) => [...aliases, tag]);
}

/**
 * Gives `use` a name as it is written where it is known: telephones begin with a capital. Throws `bad_input` for
 * what can be no name; where `use` throws `not_installed`, the error names the model that was probably meant.
 */
export async function useModel<T>(
  wanted: string,
  known: readonly string[],
  use: (name: string) => Promise<T>,
): Promise<T> {
  const name = known.find((one) => one === wanted) ?? known.find((one) => same(one, wanted)) ?? wanted;
  if (/[\s\p{C}]/u.test(name) || name.length > LONGEST_NAME) throw noSuchModel(wanted, known);
  try {
    return await use(name);
  } catch (error) {
    if (!(error instanceof OstlerError) || error.code !== 'not_installed') throw error;
    throw withSuggestion(error, name, known);
  }
}

function noSuchModel(wanted: string, known: readonly string[]): OstlerError {
  const error = new OstlerError(`No model is called “${oneLine(wanted, LONGEST_SHOWN)}”.`, {
    code: 'bad_input',
    hint: `A name is one word of at most ${LONGEST_NAME} characters.`,
  });
  return withSuggestion(error, oneLine(wanted, LONGEST_NAME), known);
}

/** Adds what the person probably meant. */
function withSuggestion(error: OstlerError, name: string, known: readonly string[]): OstlerError {
  const others = known.filter((one) => one !== name);
  const begins = (one: string) => name !== '' && same(one.slice(0, name.length), name);
  const meant = nearest(name, others) ?? others.find(begins);
  if (meant === undefined) return error;
  const { message, code, hint, retryable } = error;
  const suggestion = `Did you mean ${meant}?`;
  return new OstlerError(message, {
    code,
    hint: hint === undefined ? suggestion : `${suggestion} If not: ${hint}`,
    cause: error,
    retryable,
  });
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
