/**
 * What a model may take beside others that take so much of the memory, in bytes: Ollama loads it only into a share of
 * what is free (server/sched.go).
 */
export function roomBeside(othersBytes: number, totalBytes: number, headroom: number): number {
  return Math.max(0, totalBytes - othersBytes) * headroom;
}
