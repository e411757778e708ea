import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import type { CachePart } from '../cache/response-cache.ts';
import { OstlerError } from '../errors.ts';
import { addRedisFlags, BACKENDS, type RedisFlags } from './cache-flags.ts';
import { CONFIG_FLAGS, CONFIG_WORDS } from './options.ts';

type Common = { readonly config?: string };
type StatsOptions = Common & RedisFlags & { readonly backend?: CachePart; readonly json?: true };
type ClearOptions = Common & RedisFlags & { readonly backend?: CachePart; readonly confirm: boolean };
type WarmOptions = Common & { readonly json?: true };

export type CacheRuns = {
  stats(options: StatsOptions): Promise<void>;
  clear(options: ClearOptions): Promise<void>;
  /** `name`: of the file, for people. */
  warm(file: { readonly name: string; readonly content: string }, options: WarmOptions): Promise<void>;
};

const WARM_HELP = `
FILE is a YAML list of questions, or of objects {question, model?}; or a text with one question in each line,
where empty lines and those that begin with # are left out. Where it was interrupted, the same command goes on.

Exit codes: 0 all are in the cache, 1 some failed or are not kept, 2 wrong usage or configuration, 3 Ollama cannot be reached,
130 interrupted.`;

/** `cache-stats`, `cache-clear` and `warm`. What runs throws an OstlerError that says what is wrong. */
export function addCache(program: Command, { stats, clear, warm }: CacheRuns): void {
  program.commandsGroup('Commands of the response cache:');

  const shows = program.command('cache-stats').description('show how well the response cache works');
  addRedisFlags(shows.addOption(backendOption('show only this tier')))
    .option('--json', 'print all figures as one object; or error')
    .option(CONFIG_FLAGS, CONFIG_WORDS)
    .action((options: StatsOptions) => stats(options));

  const removes = program.command('cache-clear').description('remove the answers that are kept');
  addRedisFlags(removes.addOption(backendOption('only those of this tier; left out: all')))
    .option('--no-confirm', 'do not ask first')
    .option(CONFIG_FLAGS, CONFIG_WORDS)
    .addHelpText(
      'after',
      '\nExit codes: 0 removed, 1 not removed, 2 wrong usage or configuration, 130 interrupted.',
    )
    .action((options: ClearOptions) => clear(options));

  program
    .command('warm')
    .description('ask questions ahead, so that their answers are in the cache')
    .argument('<file>', 'the questions, or - to read them from stdin')
    .option(
      '--json',
      'print one object: questions, hits, new, unkept, failed, left, failures, note?; or error',
    )
    .option(CONFIG_FLAGS, CONFIG_WORDS)
    .addHelpText('after', WARM_HELP)
    .action(async (file: string, options: WarmOptions) => {
      const name = file === '-' ? 'stdin' : file;
      await warm({ name, content: await contentOf(file) }, options);
    });
}

function backendOption(words: string): Option {
  return new Option('--backend <name>', words).choices(BACKENDS);
}

async function contentOf(file: string): Promise<string> {
  if (file === '-') return readAll(process.stdin);
  return readFile(file, 'utf8').catch((cause: unknown) => {
    const hint = cause instanceof Error ? cause.message : String(cause);
    throw new OstlerError(`${file} cannot be read.`, { code: 'bad_input', hint, cause });
  });
}
