/** The value below which that share of the numbers lies, by the nearest rank; NaN of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

export function p99(numbers: readonly number[]): number {
  return quantile(numbers, 0.99);
}

/** By how much of its beginning a line through evenly spaced numbers has risen at its end. */
export function slope(numbers: readonly number[]): number {
  const count = numbers.length;
  const middle = (count - 1) / 2;
  const mean = numbers.reduce((sum, value) => sum + value, 0) / count;
  const rise = numbers.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  const run = numbers.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  const perStep = run === 0 ? 0 : rise / run;
  return (perStep * (count - 1)) / (mean - perStep * middle);
}
