import { parseArgs } from 'node:util';
import { BadOption, type Bench, type BenchOption } from './bench.ts';
import { BENCHES } from './benches.ts';
import { printReport } from './print.ts';

/** `npm run bench -- NAME [--json]`. Exit codes: 0 met, 1 a target was missed, 2 not understood. */

function list(): string {
  const width = Math.max(...Object.keys(BENCHES).map((name) => name.length));
  const lines = Object.entries(BENCHES).flatMap(([name, { sentence, options = {} }]) => [
    `  ${name.padEnd(width)}  ${sentence}`,
    ...Object.entries(options).map((option) => `  ${' '.repeat(width)}  ${describeOption(option)}`),
  ]);
  return ['Usage: npm run bench -- NAME [--json] [options of that bench]', '', ...lines, ''].join('\n');
}

function describeOption([name, { takes, default: usual }]: readonly [string, BenchOption]): string {
  return `--${name} ${takes}${usual === undefined ? '' : ` (${usual})`}`;
}

async function runBench(name: string, bench: Bench, args: readonly string[]): Promise<number> {
  const options = { ...bench.options, json: { type: 'boolean', default: false } } as const;
  const { json, ...values } = parseArgs({ args: [...args], options }).values;
  const { run } = await bench.load();
  const report = await run(values, (line) => process.stderr.write(`${line}\n`));
  return printReport(name, report, { json: json === true, write: (text) => process.stdout.write(text) });
}

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (!bench) {
    process.stderr.write(`${name === '' ? '' : `There is no bench “${name}”.\n\n`}${list()}`);
    return 2;
  }
  try {
    return await runBench(name, bench, args);
  } catch (error) {
    if (!isMisuse(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function isMisuse(error: unknown): error is Error {
  if (error instanceof BadOption) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

process.exitCode = await main(process.argv.slice(2));
