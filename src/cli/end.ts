/** What keeps a process that has ended its work gets so long. */
const GRACE_MS = 2_000;

/**
 * Ends the process with this exit code as soon as nothing is under way. `process.exit` may hang for ever while V8
 * compiles in the background (nodejs/node#54918); to come to an end by itself may not.
 */
export function endProcess(code: number): void {
  process.exitCode = code;
  setTimeout(() => process.exit(), GRACE_MS).unref();
}
