import { RE2JS } from 're2js';
import { OstlerError } from '../errors.ts';

/** Longer texts are matched by their beginning only. */
const MATCHED_CHARACTERS = 2_000;
/** Instructions of a compiled pattern. Matching takes at most this many steps for each character. */
const MAX_PROGRAM_SIZE = 1_000;

export type Pattern = { readonly source: string; matches(text: string): boolean };

/**
 * Compiles a rule's RE2 expression: upper and lower case are the same and the dot matches line ends, unless
 * the pattern says otherwise with `(?-i)` or `(?-s)`. Throws `bad_config` with a message for its author.
 */
export function compilePattern(source: string): Pattern {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);
  } catch (cause) {
    throw new OstlerError(explain(cause), { code: 'bad_config', cause });
  }
  const size = compiled.programSize();
  if (size > MAX_PROGRAM_SIZE) {
    throw new OstlerError(
      `the pattern is too large (${size} steps, at most ${MAX_PROGRAM_SIZE}): repeat less, or split the rule`,
      { code: 'bad_config' },
    );
  }
  return { source, matches: (text) => compiled.test(text.slice(0, MATCHED_CHARACTERS)) };
}

const LOOKAROUND = /\(\?(<?[=!])/;
const BACKREFERENCE = /escape sequence: `\\[1-9]/;

function explain(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const plain = message.replace(/^error parsing regexp: /, '').replace('`(?s)(?i)', '`');
  if (LOOKAROUND.test(plain)) {
    return `RE2 has no lookahead or lookbehind (${plain}): write what should match, and order rules by confidence`;
  }
  if (BACKREFERENCE.test(plain)) return `RE2 has no backreferences (${plain}): spell out what should match`;
  return plain;
}
