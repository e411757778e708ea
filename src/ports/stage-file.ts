/**
 * Reads a file as a whole, so that the operating system keeps it in the page cache. Resolves to its bytes. Throws
 * `unsupported` where this process never may or can, what else went wrong, and the signal's reason.
 */
export type StageFile = (path: string, signal: AbortSignal) => Promise<number>;
