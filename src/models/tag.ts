/** A model's name as Ollama lists it: `library/` dropped, the tag always there. */
export function normaliseTag(name: string): string {
  const short = name.replace(/^registry\.ollama\.ai\//, '').replace(/^library\//, '');
  const lastPart = short.slice(short.lastIndexOf('/') + 1);
  return lastPart.includes(':') ? short : `${short}:latest`;
}

/** Whether Ollama would send it to its cloud: these are never asked without consent. */
export function isCloudTag(tag: string): boolean {
  return /(:|-)cloud$/i.test(tag);
}

/** Whether two names mean the same model: Ollama ignores case. */
export function sameTag(one: string, other: string): boolean {
  return one === other || normaliseTag(one).toLowerCase() === normaliseTag(other).toLowerCase();
}
