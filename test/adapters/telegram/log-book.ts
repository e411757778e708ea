import type { Logger } from '../../../src/ports/logger.ts';

export type Line = {
  readonly level: keyof Logger;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
};

/** A logger that remembers. */
export function logBook(): { readonly logger: Logger; lines(level?: keyof Logger): readonly Line[] } {
  const lines: Line[] = [];
  const write =
    (level: keyof Logger) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      lines.push({ level, fields, message });
    };
  return {
    logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    lines: (level) => lines.filter((line) => level === undefined || line.level === level),
  };
}
