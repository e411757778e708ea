import type { Queue, QueueEvent } from '../../src/ports/queue.ts';

/** Tells every listener; one that throws harms neither the others nor the queue. */
export function createEvents(onThrow: (error: unknown) => void): {
  emit(event: QueueEvent): void;
  onEvent: Queue['onEvent'];
} {
  const listeners = new Set<(event: QueueEvent) => void>();
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onThrow(error);
        }
      }
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
