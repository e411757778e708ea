import { OstlerError } from '../errors.ts';

export function notInstalled(tag: string): OstlerError {
  return new OstlerError(`The model ${tag} is not installed.`, {
    code: 'not_installed',
    hint: `ollama pull ${tag}`,
  });
}
