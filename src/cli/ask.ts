import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { OstlerError } from '../errors.ts';
import { CONFIG_FLAGS, CONFIG_WORDS, chatName, collect, positive } from './options.ts';

export type AskOptions = {
  readonly config?: string;
  readonly model?: string;
  readonly chat?: string;
  readonly image: readonly string[];
  readonly timeout?: number;
  readonly json?: true;
};

const EXIT_CODES =
  '\nExit codes: 0 answered, 1 not answered, 2 wrong usage or configuration, 3 Ollama cannot be reached,' +
  '\n4 stopped or out of time, 130 interrupted.';

/** `ostler ask`. `run` throws an OstlerError that says what is wrong. */
export function addAsk(
  program: Command,
  run: (question: string, options: AskOptions) => Promise<void>,
): void {
  program
    .command('ask')
    .description('ask a question; the answer goes to stdout, everything else to stderr')
    .argument('<question>', 'the question, or - to read it from stdin')
    .option('--model <name>', 'alias or tag of the model that shall answer')
    .option(
      '--chat <name>',
      'continue the conversation of this name; left out: the question stands alone',
      chatName,
    )
    .option('--image <file>', 'a picture to go with it; may be repeated', collect, [])
    .option('--timeout <seconds>', 'stop the question if it is not answered by then', positive)
    .option('--json', 'print one object: answer, model, rule, source, seconds; or error')
    .option(CONFIG_FLAGS, CONFIG_WORDS)
    .addHelpText('after', EXIT_CODES)
    .action(async (words: string, options: AskOptions) => {
      const question = (words === '-' ? await readAll(process.stdin) : words).trim();
      if (question === '' && options.image.length === 0) throw noQuestion();
      await run(question, options);
    });
}

function noQuestion(): OstlerError {
  return new OstlerError('There is no question.', {
    code: 'bad_input',
    hint: 'Write it in quotes, or - to read it.',
  });
}
