import type { StatusView } from './status-view.ts';

/** How Ollama is, in one line; `show` is asked for what Ollama and the configuration say. */
export function describeOllama(
  { url, reachable, detail }: StatusView['ollama'],
  show: (foreign: string) => string = (foreign) => foreign,
): string {
  if (reachable) return `${show(detail)} at ${show(url)}`;
  // The house's own words are enough where they name the address.
  if (detail.includes(url)) return show(`${detail} Trying again.`);
  return show(`Ollama at ${url} cannot be reached; trying again. ${detail}`.trim());
}
