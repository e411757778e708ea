import type { Room } from '../errors.ts';

/** A duration for people. The space before the unit does not break. */
export function describeSeconds(seconds: number): string {
  if (seconds < 0.05) return 'at once';
  if (seconds < 60) return `${seconds.toFixed(1)}\u00a0s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A whole number of seconds that nobody knows exactly: the longer, the coarser. */
export function describeAbout(seconds: number): string {
  if (seconds < 60) return `${seconds}\u00a0s`;
  if (seconds >= 600) return `${Math.round(seconds / 60)}\u00a0min`;
  const tens = Math.round(seconds / 10) * 10;
  const rest = tens % 60 === 0 ? '' : ` ${tens % 60}\u00a0s`;
  return `${Math.floor(tens / 60)}\u00a0min${rest}`;
}

/** How long to wait, in whole units, never less than it takes. */
export function describeWait(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 60) return `${whole}\u00a0s`;
  const minutes = Math.ceil(whole / 60);
  if (minutes < 60) return `${minutes}\u00a0min`;
  const rest = minutes % 60 === 0 ? '' : ` ${minutes % 60}\u00a0min`;
  return `${Math.floor(minutes / 60)}\u00a0h${rest}`;
}

/** A time that has passed, in one or two units. */
export function describeSpan(seconds: number): string {
  return seconds < 1 ? '0\u00a0s' : describeWait(Math.floor(seconds));
}

/** A size in decimal units, as Ollama shows it; empty where it is unknown. */
export function describeBytes(bytes: number): string {
  if (bytes <= 0) return '';
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** What there is of memory, or is missing, in GB. */
export function describeGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** What memory a model needs, what of it there is, and what there could be. */
export function describeRoom({ requiredBytes, availableBytes, freeableBytes }: Room): string {
  const amount = (bytes: number | undefined) =>
    bytes === undefined ? 'not known' : describeGigabytes(bytes);
  return [
    `Required: ${amount(requiredBytes)}`,
    `available: ${amount(availableBytes)}`,
    `can be freed: ${amount(freeableBytes)}`,
  ].join(' · ');
}

/** A share that is neither none nor all, never rounded to either. */
export function describeShare(share: number): string {
  const percent = Math.round(share * 100);
  const shown = share > 0 && share < 1 ? Math.min(99, Math.max(1, percent)) : percent;
  return `${shown}\u00a0%`;
}
