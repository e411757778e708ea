import { isScalar, parseDocument } from 'yaml';

export type Env = Readonly<Record<string, string | undefined>>;

export type Interpolated = {
  readonly text: string;
  /** The variables it was made of; empty: the text stands in the file as it is. */
  readonly names: readonly string[];
  readonly problems: readonly { readonly message: string; readonly fix: string }[];
};

const VARIABLE = /\$\$\{|\$\{([^}]*)(\}?)/g;
const INNER = /^([A-Za-z_]\w*)(?::-(.*))?$/s;
const WHOLE = /^\$\{[^}]*\}$/;

/**
 * Puts variables into a text: `${NAME}` must be set, `${NAME:-}` may be empty, `${NAME:-default}` has a
 * default, `$${` is a literal `${`. Problems never hold a variable's value.
 */
export function interpolate(text: string, env: Env): Interpolated {
  const names: string[] = [];
  const problems: { message: string; fix: string }[] = [];
  const result = text.replaceAll(VARIABLE, (all, inner?: string, end?: string) => {
    if (inner === undefined) return '${';
    const [, name, fallback] = INNER.exec(inner) ?? [];
    if (!name || end === '' || fallback?.includes('${')) {
      problems.push({
        message: `${all} is not a variable`,
        fix: `Write \${NAME}, \${NAME:-default}, or $\${ for a literal \${.`,
      });
      return all;
    }
    names.push(name);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value) return value;
    if (fallback !== undefined) return fallback;
    problems.push({
      message: `the variable ${name} is ${value === '' ? 'empty' : 'not set'}`,
      fix: `Set ${name} in the environment or in .env, or write \${${name}:-} if it may be empty.`,
    });
    return '';
  });
  return { text: result, names, problems };
}

/** Whether a text is one variable and nothing else: such a one may also stand for a number. */
export function isOneVariable(text: string): boolean {
  return WHOLE.test(text);
}

/** A text as YAML's core rules read it without quotes: a number, a boolean, null, or the text itself. */
export function resolvePlain(text: string): unknown {
  if (text === '') return null;
  const node = parseDocument(text).contents;
  return isScalar(node) && node.type === 'PLAIN' && node.source === text ? node.value : text;
}
