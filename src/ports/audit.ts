import type { Address } from '../chat/message.ts';

/** What somebody did that others may have to answer for; never a text. */
export type AuditEntry = Address & {
  readonly person: string;
  readonly name?: string;
  /** The command's name, or what else it was. */
  readonly what: string;
  /** The person, model or choice that it was about. */
  readonly on?: string;
  /** `done`, `refused`, or an error's code. */
  readonly outcome: string;
};

export type Audit = {
  /** Appends the entry with the time. Never throws: what cannot be written is told to the operator. */
  note(entry: AuditEntry): void;
  /** Resolves once everything is written. */
  close(): Promise<void>;
};
