import type { Config } from './schema.ts';

const API_SUFFIX = /\/+(v1|api)?\/*$/;

/** Brings what may be written in more than one way into one form. */
export function normalize(config: Config): Config {
  return { ...config, llm: { ...config.llm, base_url: serverUrl(config.llm.base_url) } };
}

/** People copy the address of the OpenAI-compatible door, `…/v1`; ours asks for the server itself. */
function serverUrl(url: string): string {
  return url.replace(API_SUFFIX, '');
}
