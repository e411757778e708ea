import { badRequest } from './errors.ts';

/** A negative keep_alive: Go's longest duration, about 292 years. */
export const FOREVER_MS = 9_223_372_036_854;

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds; undefined where the field counts as left out. Throws a 400 with Go's text. */
export function parseKeepAlive(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return clamp(value * 1_000);
  if (typeof value === 'string') return clamp(parseDuration(value));
  throw badRequest(`Unsupported type: '${goType(value)}'`);
}

function clamp(ms: number): number {
  return ms < 0 ? FOREVER_MS : Math.min(ms, FOREVER_MS);
}

function goType(value: unknown): string {
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** Go's time.ParseDuration, in milliseconds. Throws a 400. */
export function parseDuration(text: string): number {
  const shown = JSON.stringify(text);
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[-+]/, '');
  if (rest === '0') return 0;
  if (rest === '') throw badRequest(`time: invalid duration ${shown}`);
  let ms = 0;
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw badRequest(`time: invalid duration ${shown}`);
    rest = rest.slice(number.length);
    const unit = /^[^\d.]*/.exec(rest)?.[0] ?? '';
    if (unit === '') throw badRequest(`time: missing unit in duration ${shown}`);
    const unitMs = UNITS_MS[unit];
    if (unitMs === undefined) {
      throw badRequest(`time: unknown unit ${JSON.stringify(unit)} in duration ${shown}`);
    }
    ms += Number(number) * unitMs;
    rest = rest.slice(unit.length);
  }
  return sign * ms;
}
