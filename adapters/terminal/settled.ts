import { setTimeout as pause } from 'node:timers/promises';
import type { StatusView } from '../../src/chat/status-view.ts';

const LIMIT_MS = 1_000;
const PAUSE_MS = 20;

type Asks = { status(signal?: AbortSignal): Promise<StatusView> };

/**
 * A house that was just opened learns its models a moment later: resolves once it has heard from Ollama, or has
 * waited long enough.
 */
export async function settled(client: Asks, leave: AbortSignal): Promise<void> {
  const givesUpAt = performance.now() + LIMIT_MS;
  let first: string | undefined;
  for (;;) {
    const { reachable, detail } = (await client.status(leave)).ollama;
    first ??= detail;
    if (reachable || detail !== first || performance.now() > givesUpAt) return;
    await pause(PAUSE_MS, undefined, { signal: leave });
  }
}
