import { describe, expect, it } from 'vitest';
import type { OllamaOptions } from '../../demo/ollama/ollama.ts';
import { COMMANDS } from '../../src/chat/commands.ts';
import type { Role } from '../../src/people/role.ts';
import type { KnownPlatform } from '../../src/ports/chat.ts';
import { TERMINAL } from '../fakes/terminal.ts';
import { simulatedOllama, testOstler } from '../servers/ostler.ts';
import { turnsOf } from '../servers/telegram-bot.ts';
import { openWire } from './wire/wire.ts';
import { type Seen, type WireClient, wireClient } from './wire-client.ts';

const FIRST = 'qwen2.5:7b';
const OTHER = 'llama3:8b-instruct-q4_K_M';
/** A whole Ostler that is on Wire alone. */
async function openBot(options: OllamaOptions = {}) {
  const ollama = await simulatedOllama({
    answer: ({ turns }) => `You said: ${turns.at(-1)?.content}`,
    ...options,
  });
  const wire: KnownPlatform = {
    name: 'wire',
    open: async (_config, around) => openWire({ port: 0 }, around),
  };
  const llm = { routing: { default: FIRST } };
  const ostler = await testOstler(ollama, { llm }, { platforms: [wire] });
  const port = Number(ostler.lines.find(({ message }) => message === 'Wire listens')?.port);
  return {
    ollama,
    ostler,
    port,
    /** Somebody who is served. */
    async person(name: string, role: Role = 'user'): Promise<WireClient> {
      await ostler.front.approve(TERMINAL, `wire:${name}`, role);
      return wireClient(port, name);
    },
  };
}

const answerTo = (client: WireClient, question: string): Promise<Seen> =>
  client.sees(({ text }) => text.startsWith(`You said: ${question}`) && text.includes('🏠'));

async function ask(client: WireClient, question: string): Promise<Seen> {
  await client.say({ text: question });
  return answerTo(client, question);
}

/** What a command says at once. */
async function command(client: WireClient, name: string, argument = ''): Promise<Seen> {
  const before = new Set(client.seen().map(({ id }) => id));
  await client.say({ command: name, argument });
  return client.sees(({ id }) => !before.has(id));
}

function dataOf({ buttons }: Seen, label: string): string {
  return buttons.flat().find(({ text }) => text.includes(label))?.data ?? `no button ${label}`;
}

describe('on a third platform', () => {
  it('a stranger gets a code, is let in with it, and is answered', async () => {
    const { ollama, ostler, port } = await openBot();
    const ada = await wireClient(port, 'ada');
    await ada.say({ text: 'hello' });
    const { text } = await ada.sees((message) => message.text.includes('Your code is'));
    expect(turnsOf(ollama)).toEqual([]);

    const code = /[A-Z2-9]{8}/.exec(text)?.[0] ?? '';
    expect(await ostler.front.approve(TERMINAL, code)).toMatchObject({ platform: 'wire', id: 'ada' });
    await ada.sees((message) => message.text.includes('You may use this bot now'));

    const answer = await ask(ada, 'what is a tide?');
    expect(answer.text).toMatch(/^You said: what is a tide\?\n\n🏠 qwen2\.5:7b · default · /);
    expect(answer.buttons).toEqual([]);
    expect(ada.seen().filter((message) => message.text.includes('⏳'))).toEqual([]);
  });

  it('every command says something', async () => {
    const { person } = await openBot();
    const ada = await person('ada', 'admin');
    const first = await ask(ada, 'what is a tide?');
    for (const { name } of COMMANDS) {
      const said = await command(ada, name);
      expect(said.text, `/${name}`).not.toBe('');
      if (name === 'retry') await ada.sees(({ id, text }) => id !== first.id && text.includes('🏠'));
    }
    const help = await command(ada, 'help');
    for (const { name } of COMMANDS) expect(help.text).toContain(`/${name}`);
  });

  it('a user is told what only admins may', async () => {
    const { person } = await openBot();
    const ada = await person('ada');
    for (const { name } of COMMANDS.filter(({ who }) => who === 'bot-admins'))
      expect((await command(ada, name)).text).toContain('Only the owner and the admins');
  });

  it('Stop ends an answer that grows', async () => {
    const { ollama, person } = await openBot();
    const ada = await person('ada');
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    await ada.say({ text: 'tell me all that you know about the tides of the sea' });
    await generation.reached;
    const growing = await ada.sees(({ text, buttons }) => text.startsWith('You') && buttons.length > 0);
    await ada.say({ press: dataOf(growing, 'Stop'), on: growing.id });
    await ada.hears((line) => line.kind === 'told' && line.text === 'Stopped.');
    const stopped = await ada.sees(({ text }) => text.includes('⏹ Stopped.'));
    expect(stopped).toMatchObject({ id: growing.id, buttons: [] });
    expect(stopped.text).not.toContain('🏠');
    generation.release();
  });

  it('a press on a model chooses it, and its message says so', async () => {
    const { person } = await openBot();
    const ada = await person('ada');
    const offer = await command(ada, 'model');
    await ada.say({ press: dataOf(offer, OTHER), on: offer.id });
    await ada.hears((line) => line.kind === 'edited' && line.id === offer.id && line.text.includes(OTHER));
    expect((await ask(ada, 'hello')).text).toContain(`🏠 ${OTHER} · chosen for this chat`);
  });

  it('a failure is asked again by its button, which goes', async () => {
    const model = { tag: FIRST, sizeGb: 4.7 };
    const { ollama, person } = await openBot({ models: [model] });
    const ada = await person('ada');
    ollama.deleteModel(FIRST);
    await ada.say({ text: 'hello' });
    const failed = await ada.sees(({ text }) => text.includes('⚠️'));
    ollama.addModel(model);
    await ada.say({ press: dataOf(failed, 'Retry'), on: failed.id });
    await ada.hears((line) => line.kind === 'told' && line.text === 'Asked again.');
    await ada.sees(({ id, buttons }) => id === failed.id && buttons.length === 0);
    await answerTo(ada, 'hello');
  });

  it('two people see neither the conversation nor the model of the other', async () => {
    const { ollama, person } = await openBot();
    const ada = await person('ada');
    const ben = await person('ben');
    await command(ada, 'model', OTHER);
    const [toAda, toBen] = await Promise.all([ask(ada, 'I am Ada'), ask(ben, 'I am Ben')]);
    expect(toAda.text).toContain(`🏠 ${OTHER} · chosen for this chat`);
    expect(toBen.text).toContain(`🏠 ${FIRST} · default`);

    await ask(ben, 'who am I?');
    expect(
      turnsOf(ollama)
        .at(-1)
        ?.map(({ content }) => content),
    ).toEqual(['I am Ben', 'You said: I am Ben', 'who am I?']);
    expect(JSON.stringify(ben.heard)).not.toContain('Ada');
    expect(JSON.stringify(ada.heard)).not.toContain('Ben');
  });

  it('a line that comes twice is done once, and one that cannot be read harms nobody', async () => {
    const { ollama, person } = await openBot();
    const ada = await person('ada');
    await ada.say({ id: 'x', text: 'hello' });
    await ada.say({ id: 'x', text: 'hello' });
    await answerTo(ada, 'hello');
    ada.raw('{"from":');
    await ada.hears(({ kind }) => kind === 'unknown');
    await ask(ada, 'and now?');
    expect(turnsOf(ollama)).toHaveLength(2);
  });
});
