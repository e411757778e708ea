import { text as readAll } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import type { CachePart } from '../cache/response-cache.ts';
import { OstlerError } from '../errors.ts';
import { addRedisFlags, BACKENDS, type RedisFlags, type WishFlags } from './cache-flags.ts';
import { CONFIG_FLAGS, CONFIG_WORDS, chatName, collect, lifeSeconds, positive } from './options.ts';

export type AskOptions = {
  readonly config?: string;
  readonly model?: string;
  readonly chat?: string;
  readonly image: readonly string[];
  readonly timeout?: number;
  readonly json?: true;
  readonly cacheBackend?: CachePart;
} & WishFlags &
  RedisFlags;

const EXIT_CODES =
  '\nExit codes: 0 answered, 1 not answered, 2 wrong usage or configuration, 3 Ollama cannot be reached,' +
  '\n4 stopped or out of time, 130 interrupted.';

/** `ostler ask`, which is also called `run`. `run` throws an OstlerError that says what is wrong. */
export function addAsk(
  program: Command,
  run: (question: string, options: AskOptions) => Promise<void>,
): void {
  const command = program
    .command('ask')
    .alias('run')
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
    .option('--json', 'print one object: answer, model, rule, source, age_seconds, seconds; or error')
    .option('--cache', 'use the response cache, also where the configuration has it off and no bot runs')
    .option('--no-cache', 'neither take the answer from the cache nor keep it there')
    .option('--force-refresh', 'have it answered anew, and keep that answer')
    .option(
      '--cache-ttl <seconds>',
      'how long it is kept, at most 30 days; in memory as the configuration says',
      lifeSeconds,
    )
    .addOption(
      new Option(
        '--cache-backend <name>',
        'where it is kept for longer where no bot runs; memory: nowhere',
      ).choices(BACKENDS),
    );
  addRedisFlags(command)
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
