import { readFile } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { checkOptions } from './checks.ts';
import { foundKind } from './found.ts';
import type { Env } from './interpolate.ts';
import { explainIssues, valueAt } from './issues.ts';
import { ConfigError, type Finding, type Mistake, type Path, printPath } from './mistakes.ts';
import { normalize } from './normalize.ts';
import { type Reading, readValues } from './read-values.ts';
import { type Config, configSchema } from './schema.ts';
import { isSecretKey } from './secrets.ts';
import { configShape } from './shape.ts';
import { explainSyntax } from './syntax.ts';

export type Loaded = {
  readonly config: Config;
  /** Where it was read, absolute or as it was given. */
  readonly path: string;
  readonly warnings: readonly Mistake[];
};

/** Reads a configuration file. Throws a ConfigError that lists all mistakes with their lines. */
export async function loadConfig({ path, env }: { path: string; env: Env }): Promise<Loaded> {
  const file = shownPath(path);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigError([{ file, where: '', ...explainUnreadable(cause) }], { cause });
  }
  return { path, ...parseConfig({ text, file, env }) };
}

/** The configuration in a YAML text; `file` is only its name for messages. Throws like `loadConfig`. */
export function parseConfig({
  text,
  file,
  env,
}: {
  text: string;
  file: string;
  env: Env;
}): Omit<Loaded, 'path'> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const tell = (error: YAMLError): Mistake => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { file, line, column: col, where: '', ...explainSyntax(error, text) };
  };
  const syntax = document.errors.map(tell).filter(isFirstOfItsLine);
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) throw new ConfigError(syntax);

  const shape = configShape();
  const reading = readValues({ document, lines, shape, env });
  const hiddenAs = (path: Path) => hidden(reading, path);
  const parsed = configSchema.safeParse(reading.value);
  const issues = parsed.error
    ? explainIssues(parsed.error.issues, { shape, value: reading.value, hiddenAs })
    : [];
  const findings = [...reading.findings, ...issues.filter(({ path }) => !reading.isSpoiled(path))];
  const wrong = new Set(findings.map(({ path }) => printPath(path)));
  const checks = checkOptions(reading.value, hiddenAs).filter(
    ({ path, drawnFrom = [] }) => ![path, ...drawnFrom].some((place) => wrong.has(printPath(place))),
  );
  const mistakes = [
    ...syntax,
    ...[...findings, ...checks].map((finding) => locate(finding, file, reading)),
  ].toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  if (mistakes.length > 0 || !parsed.success) throw new ConfigError(mistakes);
  return { config: normalize(parsed.data), warnings: document.warnings.map(tell) };
}

/** One slip makes YAML stumble several times in its line. */
function isFirstOfItsLine(mistake: Mistake, index: number, all: readonly Mistake[]): boolean {
  return all.findIndex(({ line }) => line === mistake.line) === index;
}

function locate({ path, message, fix }: Finding, file: string, reading: Reading): Mistake {
  const { line, column } = reading.placeOf(path);
  return { file, line, column, where: printPath(path), message, ...(fix && { fix }) };
}

/** What is said instead of a value that came from the environment or is a secret. */
function hidden(reading: Reading, path: Path): string | undefined {
  const variables = valueAt(reading.value, path) === undefined ? [] : reading.placeOf(path).variables;
  if (variables.length > 0) return `the value of ${variables.map((name) => `\${${name}}`).join(' and ')}`;
  return path.some((part) => isSecretKey(String(part))) ? foundKind(valueAt(reading.value, path)) : undefined;
}

function explainUnreadable(cause: unknown): { message: string; fix: string } {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
  if (code === 'ENOENT')
    return { message: 'no such file', fix: 'Name another one with --config or OSTLER_CONFIG.' };
  return { message: `cannot be read (${code})`, fix: 'It must be a file that this user may read.' };
}

function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
