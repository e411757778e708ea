import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import type { Audit } from '../../src/ports/audit.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';

type Options = {
  /** A file that is larger is put aside, in MB. */
  readonly max_mb: number;
  /** How many are kept, at least 2. */
  readonly files: number;
};

const nameOf = (age: unknown) => (typeof age === 'number' ? `audit.${age}.jsonl` : 'audit.jsonl');

/** Lines of JSON in audit.jsonl of the folder, for the owner's eyes only; older ones in audit.1.jsonl and so on. */
export function openAudit(
  folder: string,
  { max_mb, files }: Options,
  { clock, logger }: { clock: Clock; logger: Logger },
): Audit {
  let stream: RotatingFileStream | undefined;

  /** One that had an error takes nothing more: the next entry opens it anew. */
  function open(): RotatingFileStream {
    const size = `${Math.ceil(max_mb * 1_000)}K`;
    const made = createStream(nameOf, { path: folder, size, rotate: files - 1, mode: 0o600 });
    made.on('error', () => {
      if (stream === made) stream = undefined;
    });
    return made;
  }

  return {
    note(entry) {
      stream ??= open();
      const line = JSON.stringify({ at: new Date(clock.wall()).toISOString(), ...entry });
      stream.write(`${line}\n`, (error) => {
        // The operator's log has it then.
        if (error) logger.error({ ...entry, why: error.message }, 'the audit log cannot be written');
      });
    },
    async close() {
      const ending = stream;
      stream = undefined;
      if (ending) await new Promise<void>((resolve) => void ending.once('close', resolve).end());
    },
  };
}
