import { mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../adapters/system/clock.ts';
import { readEnv } from '../../src/config/env.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { type Found, type Source, watchConfig } from '../../src/config/watch-config.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { temporaryFolder } from '../servers/ostler.ts';

/** What is found in a configuration file, and in the `.env` beside it. */
async function watched(text: string, { isLink = false } = {}) {
  const folder = await temporaryFolder();
  const file = join(folder, 'config', 'ostler.yaml');
  const real = isLink ? join(folder, 'elsewhere.yaml') : file;
  await mkdir(join(folder, 'config'));
  await writeFile(real, text);
  if (isLink) await symlink(real, file);
  const load = async () => (await loadConfig({ path: file, env: await readEnv(folder, {}) })).config;
  const found: string[] = [];
  const pauses: number[] = [];
  let readings = 0;
  const listeners = new Set<() => void>();
  const happened = () => {
    for (const look of [...listeners]) look();
  };
  const clock: Clock = {
    ...systemClock,
    after(ms, call) {
      pauses.push(ms);
      happened();
      return systemClock.after(ms, call);
    },
  };
  const source: Source = {
    files: [file, join(folder, '.env')],
    load: () =>
      load().finally(() => {
        readings += 1;
        happened();
      }),
  };
  const watching = watchConfig(source, await load(), {
    clock,
    onFound(one) {
      found.push(wordsOf(one));
      happened();
    },
    onBlind(error) {
      throw error;
    },
  });
  onTestFinished(watching.close);
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  /** Waits until as much was found as is listed here. */
  async function finds(...expected: readonly string[]): Promise<void> {
    await until(() => found.length >= expected.length);
    expect(found).toEqual(expected);
  }
  const isRead = (times: number) => until(() => readings >= times);
  await isRead(1);
  return {
    folder,
    file,
    real,
    watching,
    found,
    finds,
    /** Resolves when the files were read so often since the start. */
    isRead,
    /** Resolves when it was looked at, and is waited for longer than for the end of a save. */
    isWaitedFor: () => until(() => pauses.some((ms) => ms > 300)),
  };
}

async function firstFound(source: Source, before: Config): Promise<string> {
  const first = await new Promise<Found>((onFound) => {
    const onBlind = () => undefined;
    const watching = watchConfig(source, before, { clock: systemClock, onFound, onBlind });
    onTestFinished(watching.close);
  });
  return wordsOf(first);
}

/** The default model, or the mistakes without the folder. */
function wordsOf(found: Found): string {
  if (found.kind === 'config') return `default ${found.config.llm.routing.default}`;
  return found.error.message.replace(/^.*\/config\//, '');
}

const withDefault = (model: string) => `llm: { routing: { default: "${model}" } }\n`;

describe('a change of the configuration is found', () => {
  it('when an editor puts a new file in the place of the old one, again and again', async () => {
    const { file, folder, finds } = await watched(withDefault('a:1'));
    await writeFile(join(folder, 'new'), withDefault('b:1'));
    await rename(join(folder, 'new'), file);
    await finds('default b:1');
    await writeFile(join(folder, 'config', 'ostler.yaml.tmp'), withDefault('c:1'));
    await rename(join(folder, 'config', 'ostler.yaml.tmp'), file);
    await finds('default b:1', 'default c:1');
  });

  it('when the file is emptied and written: what is empty for a moment is not meant', async () => {
    const { file, isWaitedFor, finds } = await watched(withDefault('a:1'));
    await truncate(file);
    await isWaitedFor();
    await writeFile(file, withDefault('b:1'));
    await finds('default b:1');
  });

  it('when the file was broken, and when it is mended', async () => {
    const { file, finds } = await watched(withDefault('a:1'));
    await writeFile(file, `${withDefault('b:1')}wbe: {}\n`);
    const mistake = 'ostler.yaml:2: wbe: unknown key. Did you mean "web"?';
    await finds(mistake);
    await writeFile(file, withDefault('a:1'));
    await finds(mistake, 'default a:1');
  });

  it('when the file was deleted, and when it is back', async () => {
    const { file, finds } = await watched(withDefault('a:1'));
    await rm(file);
    const gone = 'ostler.yaml: no such file. Name another one with --config or OSTLER_CONFIG.';
    await finds(gone);
    await writeFile(file, withDefault('b:1'));
    await finds(gone, 'default b:1');
  });

  it('when its whole folder was deleted, and when that is back', async () => {
    const { file, folder, finds } = await watched(withDefault('a:1'));
    await rm(join(folder, 'config'), { recursive: true });
    const gone = 'ostler.yaml: no such file. Name another one with --config or OSTLER_CONFIG.';
    await finds(gone);
    await mkdir(join(folder, 'config'));
    await writeFile(file, withDefault('b:1'));
    await finds(gone, 'default b:1');
  });

  it('where the file is a link, and what it leads to is written', async () => {
    const { real, finds } = await watched(withDefault('a:1'), { isLink: true });
    await writeFile(real, withDefault('b:1'));
    await finds('default b:1');
  });

  it('when a variable in .env is another', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of the configuration are written like this
    const { folder, finds } = await watched(withDefault('${MODEL:-a:1}'));
    await writeFile(join(folder, '.env'), 'MODEL=b:1\n');
    await finds('default b:1');
    await writeFile(join(folder, '.env'), 'MODEL=c:1\n');
    await finds('default b:1', 'default c:1');
  });

  it('unless the file was emptied while it was read: what is written then is meant', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'ostler.yaml');
    await writeFile(file, withDefault('a:1'));
    const read = async () => (await loadConfig({ path: file, env: {} })).config;
    const before = await read();
    let isFirst = true;
    const load = async () => {
      if (isFirst) await truncate(file);
      const config = await read();
      if (isFirst) void systemClock.after(0, () => void writeFile(file, withDefault('b:1')));
      isFirst = false;
      return config;
    };
    expect(await firstFound({ files: [file], load }, before)).toBe('default b:1');
  });

  it('where it came between the first reading and the watching', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'ostler.yaml');
    const load = async () => (await loadConfig({ path: file, env: {} })).config;
    await writeFile(file, withDefault('a:1'));
    const before = await load();
    await writeFile(file, withDefault('b:1'));
    expect(await firstFound({ files: [file], load }, before)).toBe('default b:1');
  });
});

describe('nothing is found', () => {
  it('in a file that says the same as before, or is only touched, unless it is asked for', async () => {
    const { file, watching, isRead, found, finds } = await watched(withDefault('a:1'));
    await writeFile(file, `# a remark\n${withDefault('a:1')}`);
    await isRead(2);
    await utimes(file, 1, 1);
    await isRead(3);
    await watching.read();
    expect(found).toEqual(['default a:1']);
    await writeFile(file, withDefault('b:1'));
    await finds('default a:1', 'default b:1');
  });

  it('after the end', async () => {
    const { file, watching, found } = await watched(withDefault('a:1'));
    watching.close();
    await writeFile(file, withDefault('b:1'));
    await watching.read();
    expect(found).toEqual([]);
  });
});
