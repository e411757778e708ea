/** An answer with an HTTP status and Ollama's own text. `engine` texts may also end a stream that began with 200. */
export class OllamaError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'OllamaError';
    this.status = status;
  }
}

export const badRequest = (text: string) => new OllamaError(400, text);
export const notFound = (model: string) => new OllamaError(404, `model '${model}' not found`);
export const canceled = () => new OllamaError(499, 'request canceled');
/** The two spaces are Ollama's. */
export const queueFull = () =>
  new OllamaError(503, 'server busy, please try again.  maximum pending requests exceeded');
export const noThinking = (model: string) => badRequest(`"${model}" does not support thinking`);
export const noDoor = (model: string, door: 'chat' | 'generate') =>
  badRequest(`"${model}" does not support ${door}`);
export const noTools = (fullName: string) => badRequest(`${fullName} does not support tools`);
export const badOption = (name: string, type: string) =>
  new OllamaError(500, `option "${name}" must be of ${type}`);
/** llama-server's own answer, which Ollama passes on as a string. */
export const noImages = () =>
  badRequest(
    '{"error":{"code":400,"message":"Multimodal data provided, but model does not support multimodal requests.","type":"invalid_request_error"}}',
  );
export const noEmbeddings = () =>
  new OllamaError(501, 'This server does not support embeddings. Start it with `--embeddings`');
export const brokenEngine = (why: string) =>
  new OllamaError(500, `an error was encountered while running the model: ${why}`);
export const noManifest = () => new OllamaError(500, 'pull model manifest: file does not exist');

export type LoadFailure = 'out-of-memory' | 'killed' | 'timed-out';

const LOAD_TEXTS: Readonly<Record<LoadFailure, string>> = {
  'out-of-memory': 'llama-server reported out-of-memory during startup: cudaMalloc failed: out of memory',
  killed: 'llama-server process has terminated: signal: killed',
  'timed-out': 'timed out waiting for llama-server to start - progress 0.50 - ',
};

export const failedLoad = (how: LoadFailure) => new OllamaError(500, LOAD_TEXTS[how]);
