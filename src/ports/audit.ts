import type { Address } from '../chat/message.ts';

/** What was done, never a text. */
export type AuditNote = {
  /** The command's name, or what else it was. */
  readonly what: string;
  /** The person, model or choice that it was about. */
  readonly on?: string;
};

/** What somebody did that others may have to answer for. */
export type AuditEntry = Address &
  AuditNote & {
    readonly person: string;
    readonly name?: string;
    /** `done`, `refused`, `asked` where its person is to say yes first, or an error's code. */
    readonly outcome: string;
  };

export type Audit = {
  /** Appends the entry with the time. Never throws: what cannot be written is told to the operator. */
  note(entry: AuditEntry): void;
  /** Resolves once everything is written. */
  close(): Promise<void>;
};
