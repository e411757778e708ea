import { describe, expect, it } from 'vitest';
import { choiceId, giveCommand, resolveChoice, type Said } from '../../src/chat/command.ts';
import { findCommand } from '../../src/chat/commands.ts';
import type { ModelView } from '../../src/chat/status-view.ts';
import type { PullEvent } from '../../src/path/downloads.ts';
import { fakeFront } from './fake-front.ts';

const CANCEL = { command: 'stop', choices: [{ value: 'loads', label: '⏹ Cancel' }] };

function model(tag: string, state: ModelView['state'], aliases: readonly string[] = []): ModelView {
  return { tag, aliases, state, sizeBytes: 2e9, capabilities: ['completion'] };
}

const MODELS = [
  model('llama3:8b', 'ready', ['fast']),
  model('qwen2.5:32b', 'in_use'),
  model('phi4:14b', 'not_loaded'),
];

/** An admin of the bot, and the house behind. */
function chat(models: readonly ModelView[] = MODELS) {
  const fake = fakeFront({ models }, null);
  return {
    ...fake,
    give(name: string, argument = '') {
      const command = findCommand(name);
      if (!command) throw new Error(`there is no /${name}`);
      const address = { platform: 'test', chat: 'c' };
      const call = { front: fake.front, address, person: { id: 'ada' }, kind: 'direct', id: '1' } as const;
      return giveCommand(command, { ...call, argument, role: 'admin', isAdmin: async () => false });
    },
  };
}

describe('/unload', () => {
  it.each([
    ['fast', 'fast', '`llama3:8b` leaves the memory.'],
    ['Qwen2.5:32b', 'qwen2.5:32b', '`qwen2.5:32b` leaves the memory as soon as it has answered.'],
    ['phi4:14b', 'phi4:14b', '`phi4:14b` is not in memory.'],
  ])('%j says what becomes of it', async (argument, name, words) => {
    const { give, asked, noted } = chat();
    expect(await give('unload', argument)).toEqual({ markdown: words });
    expect(asked).toEqual([{ unload: name }]);
    expect(noted).toEqual([{ what: 'unload', on: argument, outcome: 'done' }]);
  });

  it('alone offers what is in memory', async () => {
    const { offer } = await chat().give('unload');
    expect(offer?.choices.map(({ value }) => value)).toEqual(['fast', 'qwen2.5:32b']);
    expect(await chat([model('phi4:14b', 'not_loaded')]).give('unload')).toEqual({
      markdown: 'No model is in memory.',
    });
  });

  it('of what is not installed names the nearest', async () => {
    await expect(chat().give('unload', 'fats')).rejects.toMatchObject({
      code: 'not_installed',
      hint: expect.stringContaining('Did you mean fast?'),
    });
  });
});

describe('/pin', () => {
  const unpin = (tag: string) => ({
    command: 'pin',
    choices: [{ value: `${tag} off`, label: `Unpin ${tag}` }],
  });

  it('keeps a model in memory until it is unpinned', async () => {
    const { give, asked, house, front, noted } = chat();
    const said = await give('pin', 'fast');
    expect(said).toEqual({
      markdown: '`llama3:8b` is pinned: it stays in memory until it is unpinned.',
      offer: unpin('llama3:8b'),
    });
    const pin = findCommand('pin');
    expect(pin && resolveChoice(pin, choiceId('llama3:8b off'), front)?.value).toBe('llama3:8b off');
    house.pinned = ['llama3:8b'];
    expect(await give('pin', 'fast')).toEqual({
      markdown: '`llama3:8b` is pinned already.',
      offer: unpin('llama3:8b'),
    });
    expect(await give('pin', 'llama3:8b off')).toEqual({ markdown: '`llama3:8b` is pinned no more.' });
    expect(asked).toEqual([
      { pin: 'fast', isPinned: true },
      { pin: 'llama3:8b', isPinned: false },
    ]);
    expect(noted.map(({ what }) => what)).toEqual(['pin', 'pin', 'unpin']);
  });

  it('alone tells what is pinned, and offers to unpin it', async () => {
    const { give, house } = chat();
    expect((await give('pin')).markdown).toMatch(/^No model is pinned\./);
    house.pinned = ['llama3:8b'];
    expect(await give('pin')).toEqual({
      markdown: '`llama3:8b` stays in memory.',
      offer: unpin('llama3:8b'),
    });
    house.pinned = ['llama3:8b', 'phi4:14b'];
    expect((await give('pin')).markdown).toBe('`llama3:8b` and `phi4:14b` stay in memory.');
  });

  it('takes nothing away that is not there', async () => {
    const { give, asked } = chat();
    expect(await give('pin', 'fast off')).toEqual({ markdown: '`llama3:8b` is not pinned.' });
    expect(asked).toEqual([]);
  });
});

describe('/pull', () => {
  const NAME = 'mistral:7b';

  async function pulling(...events: readonly PullEvent[]) {
    const { give, house, asked } = chat();
    house.pulling = events;
    const said = await give('pull', ` ${NAME} `);
    const all: Said[] = [];
    for await (const one of said.more ?? []) all.push(one);
    return { said, all, asked };
  }

  it('tells how far it is, file by file, and that it is there', async () => {
    const file = { status: 'pulling 0123456789ab', completedBytes: 1.23e9, totalBytes: 4.1e9 };
    const { said, all, asked } = await pulling(
      { type: 'progress', progress: { status: 'pulling manifest' } },
      { type: 'progress', progress: file },
      { type: 'progress', progress: { status: 'verifying sha256 digest' } },
      { type: 'pulled' },
    );
    expect(asked).toEqual([{ pull: NAME, by: 'ada' }]);
    expect(said).toMatchObject({ markdown: `Downloading \`${NAME}\``, offer: CANCEL });
    expect(all).toEqual([
      { markdown: `Downloading \`${NAME}\`: pulling manifest`, offer: CANCEL },
      { markdown: `Downloading \`${NAME}\`: 1.2 GB of 4.1 GB (30\u00a0%)`, offer: CANCEL },
      { markdown: `Downloading \`${NAME}\`: verifying sha256 digest`, offer: CANCEL },
      { markdown: `\`${NAME}\` is installed.` },
    ]);
  });

  it('says that it was stopped, or why it failed', async () => {
    const stopped = await pulling({ type: 'cancelled' });
    expect(stopped.all).toEqual([
      {
        markdown: `⏹ The download of \`${NAME}\` was stopped. What is there already is used the next time.`,
        undone: 'cancelled',
      },
    ]);
    const failure = { code: 'bad_input', message: 'There is no model x_y_z.', hint: 'See *there*.' } as const;
    const failed = await pulling({ type: 'failed', failure });
    expect(failed.all).toEqual([
      { markdown: '⚠️ There is no model x\\_y\\_z.\n\nSee \\*there\\*.', undone: 'bad_input' },
    ]);
  });

  it.each(['', 'two words', '\u202e'])('takes no name that cannot be one: %j', async (argument) => {
    const { give, asked } = chat();
    await expect(give('pull', argument)).rejects.toMatchObject({ code: 'bad_input' });
    expect(asked).toEqual([]);
  });
});
