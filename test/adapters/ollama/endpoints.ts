/** What the adapter asks Ollama for. */
export type Endpoint = 'chat' | 'load' | 'unload' | 'show' | 'version' | 'tags' | 'ps';
export const ENDPOINTS: readonly Endpoint[] = ['chat', 'load', 'unload', 'show', 'version', 'tags', 'ps'];

/** An answer that streams, one about a model, one about the server. */
export type Family = 'stream' | 'model' | 'server';
export const familyOf = (endpoint: Endpoint): Family =>
  endpoint === 'chat'
    ? 'stream'
    : endpoint === 'load' || endpoint === 'unload' || endpoint === 'show'
      ? 'model'
      : 'server';
