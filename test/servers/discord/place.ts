import type { Route } from './call.ts';

/** Where a request goes. */
export type Place = {
  readonly path: string;
  /** The path with names for ids; the path itself where nothing fits. */
  readonly route: string;
  readonly handler: Route | undefined;
  /** The path exists, with another method. */
  readonly knowsPath: boolean;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
};

type Known = { readonly route: Route; readonly pattern: RegExp; readonly names: readonly string[] };

/** Finds the route of a URL below `/api/v10`. */
export function createPlaces(routes: readonly Route[]): (method: string, url: string) => Place {
  // A literal part such as `@me` comes before a name that would fit it too.
  const known = routes.map(toKnown).sort((one, other) => one.names.length - other.names.length);
  return (method, url) => {
    const [whole = '', search = ''] = url.split('?', 2);
    const path = /^\/api\/v(?:9|10)(\/.*)$/.exec(decode(whole))?.[1];
    const query = Object.fromEntries(new URLSearchParams(search));
    const fitting = path === undefined ? [] : known.filter(({ pattern }) => pattern.test(path));
    const found = fitting.find(({ route }) => route.method === method) ?? fitting[0];
    const handler = found?.route.method === method ? found.route : undefined;
    const values = found?.pattern.exec(path ?? '')?.slice(1) ?? [];
    const params = Object.fromEntries((found?.names ?? []).map((name, at) => [name, values[at] ?? '']));
    return {
      path: path ?? whole,
      route: found?.route.path ?? path ?? whole,
      handler,
      knowsPath: found !== undefined,
      params,
      query,
    };
  };
}

function toKnown(route: Route): Known {
  const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const pattern = route.path.replace(/:(\w+)/g, (_, name: string) =>
    ['emoji', 'token', 'message'].includes(name) ? '([^/]+)' : '(\\d+)',
  );
  return { route, pattern: new RegExp(`^${pattern}$`), names };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
