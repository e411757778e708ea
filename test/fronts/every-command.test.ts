import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Command } from '../../src/chat/command.ts';
import { COMMANDS } from '../../src/chat/commands.ts';
import { loadConfig } from '../../src/config/load.ts';
import { openOstler } from '../../src/main.ts';
import { ask, useBrowser } from '../adapters/web/browse.ts';
import { until } from '../adapters/web/fake-front.ts';
import { ostler as terminal } from '../cli/run.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';
import { createDiscord } from '../servers/discord/discord.ts';
import { simulatedOllama, temporaryFolder } from '../servers/ostler.ts';
import { createTelegram } from '../servers/telegram/telegram.ts';

const ADA = 50_001;
const { visit } = useBrowser();

/** What is written after a command, with a number of each front's own; others are given alone. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  model: 'fast',
  load: 'fast',
  unload: 'fast',
  pull: 'llava:7b',
  system: 'Be brief',
  route: 'What is this?',
  approve: 'telegram:77%',
  block: 'telegram:78%',
};

/** What each front is to say; a command that is not here says anything but that it is not known. */
const SAYS: Readonly<Record<string, RegExp>> = {
  start: /I am Ostler: ask me anything\./,
  help: /\/model\b.*Show or choose the model of this chat.*\/approve\b/s,
  new: /New conversation/,
  stop: /Nothing is waiting or running here\./,
  retry: /You said: Hello/,
  model: /From now on this chat uses fast/,
  models: /qwen2\.5:7b/,
  load: /qwen2\.5:7b (was loaded already|is loaded)|holds qwen2\.5:7b/,
  unload: /qwen2\.5:7b (leaves the memory|is not in memory)/,
  pin: /No model is pinned\./,
  pull: /Downloading llava:7b|llava:7b is installed\./,
  why: /no rule matched|default/,
  route: /qwen2\.5:7b/,
  system: /From now on this chat uses its own system prompt\./,
  forget: /removed|forgotten|gone/i,
  stats: /Ollama/,
  approve: /telegram:77\d.* may use the bot now, as (user|owner)\./,
  block: /telegram:78\d.* is not answered any more\./,
  reload: /Nothing has changed\./,
};

/** Means something else as a command of the shell. */
const OF_THE_SHELL = ['start', 'help'];

/** Somebody gives commands on one front and reads what comes of them. */
type Front = {
  readonly name: string;
  /** Asks a question and waits for its answer. */
  ask(text: string): Promise<unknown>;
  give(command: Command, argument: string): Promise<string>;
};

/** One bot on all four fronts, and on each somebody who may give every command. */
async function open(): Promise<readonly Front[]> {
  const [telegram, discord] = [await createTelegram(), await createDiscord()];
  onTestFinished(() => Promise.all([telegram.close(), discord.close()]).then(() => {}));
  const ollama = await simulatedOllama({ answer: ({ turns }) => `You said: ${turns.at(-1)?.content}` });
  const onTelegram = telegram.person({ name: 'Ada', id: ADA });
  const onDiscord = discord.person({ name: 'Ada' });
  const folder = await temporaryFolder();
  const file = join(folder, 'ostler.yaml');
  const input = {
    data_dir: join(folder, 'data'),
    llm: { base_url: ollama.url, models: { fast: 'qwen2.5:7b' }, routing: { default: 'fast' } },
    web: { port: 0 },
    telegram: { token: telegram.token, api_url: telegram.url, streaming: 'off' },
    discord: { token: discord.token, api_url: discord.restUrl, streaming: 'off' },
    access: { telegram: { admins: [ADA] }, discord: { admins: [onDiscord.id] }, web: { role: 'admin' } },
    shutdown_seconds: 0,
  };
  await writeFile(file, JSON.stringify(input));
  const source = { files: [file], load: async () => (await loadConfig({ path: file, env: {} })).config };
  const { logger } = quietPorts();
  const bot = await openOstler(await source.load(), { logger, fronts: true, source });
  onTestFinished(() => bot.close());
  await discord.until(() => discord.commands().length > 0);
  const { page } = await visit(bot.url ?? '');

  const chat = onTelegram.directChat();
  const channel = onDiscord.directChat();
  /** What is said next, once it is whole. */
  async function nextOnTelegram(text: string): Promise<string> {
    const before = chat.fromBot().length;
    onTelegram.send(chat, text);
    await telegram.until(() => chat.fromBot().length > before);
    return chat.fromBot()[before]?.text ?? '';
  }
  const answers = () => channel.fromBot().filter(({ text }) => text.includes('🏠'));
  const notes = page.locator('.note');
  const shown = async () => (await notes.count()) + (await page.locator('article').count());

  return [
    {
      name: 'Telegram',
      ask: nextOnTelegram,
      give: ({ name }, argument) => nextOnTelegram(`/${name} ${argument}`.trim()),
    },
    {
      name: 'Discord',
      async ask(text) {
        const before = answers().length;
        onDiscord.send(channel, text);
        await discord.until(() => answers().length > before);
      },
      async give({ name, argument }, value) {
        const before = answers().length;
        const given = onDiscord.slash(channel, name, argument && value ? { [argument.name]: value } : {});
        const said = () => given.state() === 'answered' && (given.reply()?.text ?? '') !== '';
        await discord.until(() => (name === 'retry' ? answers().length > before : said()));
        return (name === 'retry' ? answers().at(-1) : given.reply())?.text ?? '';
      },
    },
    {
      name: 'the page',
      async ask(text) {
        const before = await page.getByText('🏠').count();
        await ask(page, text);
        await until(async () => (await page.getByText('🏠').count()) > before);
      },
      async give({ name }, argument) {
        const before = await shown();
        const marked = await page.getByText('🏠').count();
        await ask(page, `/${name} ${argument}`.trim());
        if (name === 'retry') {
          await until(async () => (await page.getByText('🏠').count()) > marked);
          return (await page.locator('article').last().textContent()) ?? '';
        }
        await until(async () => (await shown()) > before || name === 'forget');
        await until(async () => (await page.locator('.note[data-waits]').count()) === 0);
        return (await notes.last().textContent()) ?? '';
      },
    },
    {
      name: 'the terminal',
      ask: (text) => terminal(['ask', text, '--chat', 'terminal', '--config', file]).result,
      async give({ name }, argument) {
        const words = argument === '' ? [] : [argument];
        const { stdout, stderr } = await (OF_THE_SHELL.includes(name)
          ? terminal(['chat', '--config', file], { input: `/${name}\n` })
          : terminal([name, ...words, '--config', file])
        ).result;
        return `${stdout}${stderr}`;
      },
    },
  ];
}

async function giveAll({ name, ask: put, give }: Front, number: number): Promise<void> {
  await put('Hello');
  for (const command of COMMANDS) {
    const argument = (ARGUMENTS[command.name] ?? '').replace('%', `${number}`);
    const shown = await give(command, argument).catch((cause: unknown) => {
      throw new Error(`/${command.name} on ${name} says nothing`, { cause });
    });
    // Discord shows Markdown by itself.
    const said = shown.replaceAll(/[`\\]/g, '');
    expect(said, `/${command.name} on ${name}`).toMatch(SAYS[command.name] ?? /\S/);
    expect(said, `/${command.name} on ${name}`).not.toMatch(/do not know that command|went wrong/);
    // What it begins anew has a last question again.
    if (command.name === 'new') await put('Hello');
  }
}

it('every command of the table does its work on every front', async () => {
  await Promise.all((await open()).map(giveAll));
}, 180_000);
