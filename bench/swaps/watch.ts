import type { OllamaEvent } from '../../demo/ollama/events.ts';
import type { Ollama } from '../../demo/ollama/ollama.ts';

/** What an Ollama was seen to do. */
export type Seen = {
  /** Loads that it began. */
  readonly swaps: number;
  /** Of these, from the page cache. */
  readonly warm: number;
  /** Questions that came for a model which was to leave the memory. */
  readonly toLeaving: number;
  /** For so many simulated seconds nothing was loaded although somebody waited at Ollama for a load: the most. */
  readonly standstillSeconds: number;
};

const LOOK_EVERY_MS = 50;

/** `onStandstill` is called again and again while nothing is loaded, with the simulated seconds of that. */
export function watch(ollama: Ollama, speed: number, onStandstill: (seconds: number) => unknown = () => {}) {
  let swaps = 0;
  let warm = 0;
  let toLeaving = 0;
  let standstillSeconds = 0;
  let isLoading = false;
  let sinceMs: number | undefined;

  function look(): void {
    const now = performance.now();
    sinceMs = isLoading || ollama.queued() === 0 ? undefined : (sinceMs ?? now);
    if (sinceMs === undefined) return;
    const seconds = ((now - sinceMs) * speed) / 1_000;
    standstillSeconds = Math.max(standstillSeconds, seconds);
    onStandstill(seconds);
  }

  ollama.on((event) => {
    if (event.type === 'load-begin') {
      swaps += 1;
      warm += Number(event.from === 'page-cache');
    }
    if (event.type === 'load-begin' || event.type === 'load-end') isLoading = event.type === 'load-begin';
    const model = askedModel(event);
    const resident = ollama.residents().find(({ tag }) => tag === model);
    if (resident && (resident.stopping || resident.keepAliveSeconds === 0)) toLeaving += 1;
    look();
  });
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    seen: (): Seen => ({ swaps, warm, toLeaving, standstillSeconds }),
    stop: () => clearInterval(timer),
  };
}

function askedModel(event: OllamaEvent): string | undefined {
  if (event.type !== 'request' || event.request.path !== '/api/chat') return undefined;
  return (event.request.body as { model?: string }).model;
}
