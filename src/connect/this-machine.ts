import { openGpu } from '../../adapters/gpu/open-gpu.ts';
import { stageFile } from '../../adapters/page-cache/stage-file.ts';
import { openHostMemory } from '../../adapters/system/host-memory.ts';
import { isLoopback } from '../config/loopback.ts';
import type { Config } from '../config/schema.ts';
import { gpuOfServer } from '../models/gpu-of-server.ts';
import type { ModelServer } from '../ports/models.ts';
import type { Ports } from '../ports/ports.ts';

/** The GPU and RAM of this machine, where Ollama runs on it. */
export function thisMachine(
  { llm }: Config,
  server: ModelServer,
): Pick<Ports, 'gpu' | 'hostMemory' | 'stageFile'> {
  const isLocal = isLoopback(new URL(llm.base_url).hostname);
  const gpu = gpuOfServer(server, openGpu({ isLocal }), llm.timeouts.status_seconds * 1_000);
  return { gpu, hostMemory: openHostMemory({ isLocal }), stageFile };
}
