/** Decimal, to a tenth, as Ollama shows sizes. */
export function gigabytes(bytes: number): number {
  return Math.round(bytes / 1e8) / 10;
}
