import { Command } from 'commander';
import { cacheCommands } from '../../adapters/terminal/cache/commands.ts';
import { addAsk } from '../../src/cli/ask.ts';
import { addCache } from '../../src/cli/cache.ts';
import { simulatedOllama } from '../servers/ostler.ts';
import { inProcess } from './in-process.ts';
import { configFor, ostler } from './run.ts';

/** A simulated Ollama, a configuration, a way to run commands with it, and what else a test needs, without them. */
export async function setting(more = '') {
  const ollama = await simulatedOllama();
  const config = await configFor(ollama, more, 'options: { temperature: 0 }');
  const run = (args: readonly string[], input = '') =>
    ostler([...args, '--config', config], { input }).result;
  const runJson = async (...args: readonly string[]) =>
    JSON.parse((await run([...args, '--json'])).stdout) as Record<string, unknown>;
  const { ask, stats, runBot } = inProcess(config);
  return { ollama, config, run, runJson, ask, stats, runBot };
}

/** What the command line makes of it, within this process; nothing is asked of anybody. */
export async function parsed(args: readonly string[]): Promise<void> {
  const nobody = () => {
    throw new Error('Nobody is asked here.');
  };
  const program = new Command('ostler').exitOverride().configureOutput({ writeErr: () => {} });
  addAsk(program, nobody);
  addCache(program, cacheCommands({ reachOf: nobody, screenOf: nobody, leaving: nobody }));
  await program.parseAsync([...args], { from: 'user' });
}
