import { badRequest } from './errors.ts';
import { isObject } from './wire.ts';

/** The parameters of one request, whichever way they came. Every reader throws a 400 where a value does not fit. */
export type Parameters = {
  readonly values: Readonly<Record<string, unknown>>;
  text(name: string): string | undefined;
  integer(name: string): number | undefined;
  flag(name: string): boolean;
  /** A JSON value; strings are parsed. */
  json(name: string): unknown;
  object(name: string): Readonly<Record<string, unknown>> | undefined;
};

export function createParameters(values: Readonly<Record<string, unknown>>): Parameters {
  const raw = (name: string) => (Object.hasOwn(values, name) ? (values[name] ?? undefined) : undefined);
  const text: Parameters['text'] = (name) => {
    const value = raw(name);
    return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
  };
  const json: Parameters['json'] = (name) => {
    const value = raw(name);
    if (typeof value !== 'string') return value;
    if (value === '') return undefined;
    try {
      return JSON.parse(value) as unknown;
    } catch (cause) {
      throw Object.assign(badRequest(`can't parse ${name} JSON object`), { cause });
    }
  };
  return {
    values,
    text,
    json,
    integer(name) {
      const value = text(name)?.trim();
      if (value === undefined || value === '') return undefined;
      if (!/^-?[0-9]{1,16}$/.test(value)) throw badRequest(`can't parse ${name}: an integer is expected`);
      return Number(value);
    },
    flag: (name) => ['true', 'yes', '1'].includes(text(name)?.trim().toLowerCase() ?? ''),
    object(name) {
      const value = json(name);
      if (value === undefined) return undefined;
      if (!isObject(value)) throw badRequest(`can't parse ${name}: object expected`);
      return value;
    },
  };
}
