import { readArguments, USAGE } from './arguments.ts';
import { createOllama, type OllamaOptions } from './ollama.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

process.exitCode = await run();

/** Returns the exit code; a server that listens goes on until it is told to end. */
async function run(): Promise<number> {
  let options: OllamaOptions | undefined;
  try {
    options = readArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return EXIT_USAGE;
  }
  if (options) return serve(options);
  process.stdout.write(USAGE);
  return 0;
}

async function serve(settings: OllamaOptions): Promise<number> {
  try {
    const ollama = await createOllama(settings);
    process.stdout.write(
      `Simulated Ollama (no real models; ${settings.speed} times as fast) listens on ${ollama.url}\n`,
    );
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void ollama.close());
    return 0;
  } catch (error) {
    process.stderr.write(`${whyNot(settings, error as NodeJS.ErrnoException)}\n`);
    return EXIT_FAILED;
  }
}

function whyNot({ host, port }: OllamaOptions, { code, message }: NodeJS.ErrnoException): string {
  const where = `${host}:${port}`;
  if (code !== 'EADDRINUSE') return `Cannot listen on ${where}: ${message}`;
  return `${where} is in use: end what listens there (a real Ollama?) or choose another --port.`;
}
