type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Structured lines for the operator. Never a message's text, never a secret. */
export type Logger = {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
};
