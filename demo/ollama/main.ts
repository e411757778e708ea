import { readArguments, USAGE } from './arguments.ts';
import { createOllama, type OllamaOptions } from './ollama.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const options = readOptions();
if (options) await serve(options);
else process.stdout.write(USAGE);

function readOptions(): OllamaOptions | undefined {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(EXIT_USAGE);
  }
}

async function serve(settings: OllamaOptions): Promise<void> {
  const ollama = await createOllama(settings).catch((error: NodeJS.ErrnoException) => {
    const where = `${settings.host}:${settings.port}`;
    const why =
      error.code === 'EADDRINUSE'
        ? `${where} is in use: end what listens there (a real Ollama?) or choose another --port.`
        : `Cannot listen on ${where}: ${error.message}`;
    process.stderr.write(`${why}\n`);
    process.exit(EXIT_FAILED);
  });
  process.stdout.write(
    `Simulated Ollama (no real models; ${settings.speed} times as fast) listens on ${ollama.url}\n`,
  );
  const stop = () => void ollama.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
