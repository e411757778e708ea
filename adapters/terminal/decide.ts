import { readLine } from './read-line.ts';
import { CLEAR_LINE, harmless } from './screen.ts';

type Decision = 'switch' | 'resident' | 'stop';
type Question = { readonly words: string; readonly resident: string };

/** Whoever sits there decides; undefined: they leave, or nobody is asked any more. */
export type Decide = (question: Question, leave: AbortSignal) => Promise<Decision | undefined>;

/** Puts a question to whoever writes the lines. */
export function createDecide(
  output: { write(text: string): unknown },
  nextLine: (leave: AbortSignal) => Promise<string | undefined>,
): Decide {
  return async ({ words, resident }, leave) => {
    const instead = resident === '' ? '' : ` / [a]nswer with ${resident}`;
    const prompt = harmless(`${words}. Switch? [y]es / [n]o${instead}: `);
    for (;;) {
      output.write(CLEAR_LINE + prompt);
      const line = await nextLine(leave);
      if (line === undefined) return undefined;
      const decision = decisionOf(line.trim().toLowerCase(), resident !== '');
      if (decision) return decision;
    }
  };
}

function decisionOf(line: string, hasResident: boolean): Decision | undefined {
  if (line === 'y' || line === 'yes') return 'switch';
  if (line === 'n' || line === 'no') return 'stop';
  return hasResident && (line === 'a' || line === 'answer') ? 'resident' : undefined;
}

/** Undefined: nobody sits there. */
export function whoeverSitsAt({ stdin, stderr }: Pick<NodeJS.Process, 'stdin' | 'stderr'>) {
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  return createDecide(stderr, (leave) => readLine(stdin, leave));
}
