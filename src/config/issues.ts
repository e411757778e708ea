import type { z } from 'zod';
import { fixFor, found } from './found.ts';
import type { Finding, Path } from './mistakes.ts';
import { expectation, type Shape, shapesAt } from './shape.ts';
import { explainUnknownKey } from './unknown-key.ts';

type Issue = z.core.$ZodIssue;

/** What an explanation needs to know about the file. */
export type About = {
  readonly shape: Shape;
  readonly value: unknown;
  /** What is said instead of a value that may not be shown: it came from the environment, or is a secret. */
  hiddenAs(path: Path): string | undefined;
};

/** zod's issues in words for the author of the file; unions are unfolded to the alternative that was meant. */
export function explainIssues(issues: readonly Issue[], about: About, above: Path = []): readonly Finding[] {
  return issues.flatMap((issue) => explainIssue(issue, about, [...above, ...(issue.path as Path)]));
}

function explainIssue(issue: Issue, about: About, path: Path): readonly Finding[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.flatMap((key) =>
        explainUnknownKey({ path, key, value: valueAt(about.value, [...path, key]) }, about.shape),
      );
    case 'invalid_union': {
      const meant = issue.errors.find((branch) => branch.length > 0 && !branch.some(isOtherType));
      return meant ? explainIssues(meant, about, path) : [mismatch(about, path)];
    }
    case 'invalid_key':
      return [{ path, message: `a short name ${issue.issues[0]?.message}`, ...tagOnTheRight(path) }];
    case 'invalid_format':
      return [mismatch(about, path, issue.message)];
    default:
      return [mismatch(about, path)];
  }
}

/** An alternative that was not meant: the value is of another kind altogether. */
function isOtherType(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function tagOnTheRight(path: Path): { fix?: string } {
  const name = String(path.at(-1));
  return name.includes(':') ? { fix: `A tag stands on the right, as in NAME: ${name}.` } : {};
}

function mismatch(about: About, path: Path, rule?: string): Finding {
  const value = valueAt(about.value, path);
  const shapes = shapesAt(about.shape, path);
  const wanted = rule ?? `expected ${expectation(shapes)}`;
  if (value === undefined) return { path, message: `is missing: ${wanted}` };
  const hidden = about.hiddenAs(path);
  const fix = fixFor(value, shapes, hidden !== undefined);
  return { path, message: `${wanted}, found ${hidden ?? found(value)}`, ...(fix && { fix }) };
}

/** The value at a path of plain data; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, part) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, part)) return undefined;
    return (inner as Record<string | number, unknown>)[part];
  }, value);
}
