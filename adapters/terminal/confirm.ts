import { readLine } from './read-line.ts';

type Terminal = { readonly input: NodeJS.ReadableStream; readonly output: { write(text: string): unknown } };

/** Whether somebody answers yes. Whoever leaves, or writes nothing, does not. */
export async function confirm(
  question: string,
  { input, output }: Terminal,
  leave: AbortSignal,
): Promise<boolean> {
  output.write(`${question} [y/N] `);
  const line = await readLine(input, leave);
  if (line === undefined) output.write('\n');
  return /^\s*y(es)?\s*$/i.test(line ?? '');
}
