const REGISTRY = 'registry.ollama.ai';
const NAMESPACE = 'library';
const PART = /^[A-Za-z0-9_][\w.-]{0,79}$/;
const HOST = /^[A-Za-z0-9_][\w.:-]{0,349}$/;

export type ModelName = {
  /** `registry.ollama.ai/library/llama3:latest` */
  readonly full: string;
  /** As /api/ps and /api/tags show it: `llama3:latest`. */
  readonly tag: string;
};

/** Undefined where Ollama says "invalid model name". */
export function parseName(text: string): ModelName | undefined {
  const parts = text.split('/');
  const last = parts.pop() ?? '';
  const colon = last.indexOf(':');
  const model = colon < 0 ? last : last.slice(0, colon);
  const tag = colon < 0 ? 'latest' : last.slice(colon + 1);
  const namespace = parts.pop() ?? NAMESPACE;
  const host = parts.pop() ?? REGISTRY;
  if (parts.length > 0 || !HOST.test(host)) return undefined;
  if (![namespace, model, tag].every((part) => PART.test(part))) return undefined;
  const shown = [
    ...(host === REGISTRY ? [] : [host]),
    ...(host === REGISTRY && namespace === NAMESPACE ? [] : [namespace]),
    `${model}:${tag}`,
  ];
  return { full: `${host}/${namespace}/${model}:${tag}`, tag: shown.join('/') };
}

/** Names are the same whatever their case. */
export function nameKey(name: ModelName): string {
  return name.full.toLowerCase();
}
