import { nearest } from '../config/nearest.ts';
import { OstlerError } from '../errors.ts';
import { sameTag } from '../models/tag.ts';
import type { AuditNote } from '../ports/audit.ts';
import type { Choice } from './command.ts';
import { stateSign } from './describe-model.ts';
import type { Front } from './front.ts';
import { oneLine } from './one-line.ts';
import type { ModelView } from './status-view.ts';

/** Ollama's own names are shorter; and as much of a wrong one is repeated. In characters. */
const LONGEST_NAME = 200;
const LONGEST_SHOWN = 64;
/** Of more buttons or choices nobody reads all. */
export const MOST_OFFERED = 20;
/** What a label may hold on every platform. In characters. */
const LONGEST_LABEL = 64;
/** What could be the name of a model; anything else is not noted. */
const NAME = /^[\w./:-]+$/;

/** The names that people may call models by. */
export function modelNames(front: Front): readonly string[] {
  return front.status().models.flatMap(({ tag, aliases }) => [...aliases, tag]);
}

export function findModel(name: string, models: readonly ModelView[]): ModelView | undefined {
  return models.find(({ aliases }) => aliases.includes(name)) ?? models.find(({ tag }) => sameTag(tag, name));
}

/** Each model once: by its short names, or by its tag where it has none; those with short names first. */
export function modelChoices(front: Front, which: (model: ModelView) => boolean = () => true) {
  const models = front.status().models.filter(which);
  const named = models.flatMap((model) =>
    model.aliases.map((alias) => choiceOf(model, alias, `${alias} · ${model.tag}`)),
  );
  const others = models.filter(({ aliases }) => aliases.length === 0);
  return [...named, ...others.map((model) => choiceOf(model, model.tag, model.tag))];
}

function choiceOf({ state }: ModelView, value: string, name: string): Choice {
  return choice(value, `${stateSign(state)} ${name}`);
}

/** A choice whose label fits into a button, whatever is named in it. */
export function choice(value: string, label: string): Choice {
  return { value, label: oneLine(label, LONGEST_LABEL) };
}

/** What the audit log says of a command about a model. */
export function noteOf(what: string, name: string): AuditNote | undefined {
  if (name === '') return undefined;
  return { what, ...(NAME.test(name) && { on: oneLine(name, LONGEST_LABEL) }) };
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
  requireName(name, known);
  try {
    return await use(name);
  } catch (error) {
    if (!(error instanceof OstlerError) || error.code !== 'not_installed') throw error;
    throw withSuggestion(error, name, known);
  }
}

/** Throws `bad_input` for what can be no name. */
export function requireName(name: string, known: readonly string[] = []): void {
  if (/[\s\p{C}]/u.test(name) || name.length > LONGEST_NAME) throw noSuchModel(name, known);
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
