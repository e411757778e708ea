import { createInterface } from 'node:readline';

type Terminal = { readonly input: NodeJS.ReadableStream; readonly output: { write(text: string): unknown } };

/** Whether somebody answers yes. Whoever leaves, or writes nothing, does not. */
export async function confirm(
  question: string,
  { input, output }: Terminal,
  leave: AbortSignal,
): Promise<boolean> {
  output.write(`${question} [y/N] `);
  const lines = createInterface({ input, terminal: false });
  const end = () => lines.close();
  leave.addEventListener('abort', end);
  try {
    for await (const line of lines) return /^\s*y(es)?\s*$/i.test(line);
    output.write('\n');
    return false;
  } finally {
    leave.removeEventListener('abort', end);
    lines.close();
  }
}
