import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config/load.ts';
import { explain } from '../src/explain.ts';
import { serve } from '../src/main.ts';
import type { ModelSpec } from './ollama/model-spec.ts';
import { DEFAULT_MODELS } from './ollama/models.ts';
import { createOllama } from './ollama/ollama.ts';

/** Fast enough to wait for, slow enough to see what is waited for. */
const SPEED = 4;
const VRAM_GIB = 24;
/** So that pictures can be tried, too. */
const EYES: ModelSpec = { tag: 'qwen2.5vl:7b', sizeGb: 6, capabilities: ['completion', 'vision'] };
const USAGE = `npm run demo -- [--port 8080] [--speed ${SPEED}]

The whole bot with its web page, on simulated models. What it keeps is gone when it ends.
`;

type Options = { readonly port: string; readonly speed: number };

async function run({ port, speed }: Options): Promise<number> {
  const ollama = await createOllama({ speed, vramGib: VRAM_GIB, models: [...DEFAULT_MODELS, EYES] });
  const data = await mkdtemp(join(tmpdir(), 'ostler-demo-'));
  try {
    const env = {
      ...process.env,
      DEMO_OLLAMA_URL: ollama.url,
      DEMO_VRAM_GB: String(VRAM_GIB),
      DEMO_PORT: port,
      DEMO_DATA: data,
    };
    const { config } = await loadConfig({ path: join(import.meta.dirname, 'ostler.yaml'), env });
    process.stdout.write(
      `\nThis is the demo: the models are simulated, no real model answers.\n` +
        `Open http://localhost:${port} and ask something. Ctrl-C ends it.\n\n`,
    );
    return await serve(config);
  } finally {
    await ollama.close();
    await rm(data, { recursive: true, force: true });
  }
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '8080' }, speed: { type: 'string', default: String(SPEED) } },
  });
  const speed = Number(values.speed);
  return speed > 0 && /^\d{1,5}$/.test(values.port) ? { port: values.port, speed } : undefined;
}

try {
  const options = readOptions();
  if (options) process.exitCode = await run(options);
  else {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  }
} catch (error) {
  if (error instanceof TypeError) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else {
    process.exitCode = explain(error);
    process.stderr.write('  Another port for the demo: npm run demo -- --port 8081\n');
  }
}
