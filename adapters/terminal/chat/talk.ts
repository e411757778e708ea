import { createInterface } from 'node:readline';
import { createDecide, type Decide } from '../decide.ts';
import { EXIT } from '../exit.ts';
import type { Reach } from '../reach.ts';
import { createNextLine } from '../read-line.ts';
import type { Screen } from '../screen.ts';
import { ask } from './ask.ts';
import { give } from './give.ts';

const COMMAND = /^\/(\S+)(?:\s+(.*))?$/;
const ERASE_LINE = { ctrl: true, name: 'u' };

type Talk = {
  readonly chat: string;
  readonly input: NodeJS.ReadableStream;
  /** Where the prompt stands; undefined: nobody sits there, and the lines come from a program. */
  readonly prompt: (NodeJS.WritableStream & { readonly isTTY?: boolean }) | undefined;
  readonly reach: Reach;
  readonly openScreen: () => Screen;
};

/**
 * Takes lines until there are no more: each is a question, or a command that begins with `/` (`//` asks what
 * begins with `/`). Ctrl-C stops what runs. Returns the exit code: for a program that of the first line that
 * failed.
 */
export async function talk(
  { chat, input, prompt, reach, openScreen }: Talk,
  leave: AbortSignal,
): Promise<number> {
  const lines = createInterface({ input, ...(prompt && { output: prompt }), terminal: prompt !== undefined });
  let running: AbortController | undefined;
  let isOpen = true;
  lines.on('SIGINT', () => (running ? running.abort() : lines.write(null, ERASE_LINE)));
  lines.on('close', () => {
    isOpen = false;
    prompt?.write('\n');
  });
  leave.addEventListener('abort', () => lines.close());
  const showPrompt = () => prompt && isOpen && lines.prompt();
  let code: number = EXIT.answered;
  const nextLine = createNextLine(lines);
  const decide = prompt && createDecide(prompt, nextLine);
  showPrompt();
  for (let line = await nextLine(leave); line !== undefined; line = await nextLine(leave)) {
    running = new AbortController();
    const signal = AbortSignal.any([leave, running.signal]);
    const one = await take(line.trim(), { chat, decide }, reach, openScreen(), signal);
    running = undefined;
    if (!prompt) code ||= one;
    showPrompt();
  }
  return leave.aborted ? EXIT.interrupted : code;
}

async function take(
  line: string,
  where: { readonly chat: string; readonly decide: Decide | undefined },
  reach: Reach,
  screen: Screen,
  signal: AbortSignal,
): Promise<number> {
  if (line === '') return EXIT.answered;
  const [, name, argument = ''] = COMMAND.exec(line) ?? [];
  if (name !== undefined && !line.startsWith('//'))
    return give({ ...where, name, argument }, reach, screen, signal);
  return ask({ text: line.replace(/^\/\//, '/'), images: [], ...where }, reach, screen, signal);
}
