import { expect, test } from 'vitest';
import { COMMANDS } from '../../../src/chat/commands.ts';
import { bodyOf, send, startWeb } from './start.ts';

type View = {
  readonly name: string;
  readonly description: string;
  readonly who: string;
  readonly argument?: { readonly name: string; readonly choices?: readonly { readonly value: string }[] };
};

async function listOf(url: string): Promise<readonly View[]> {
  const { commands } = (await (await fetch(`${url}/api/commands`)).json()) as { commands: readonly View[] };
  return commands;
}

test('the commands are those of the table, with what they take', async () => {
  const { url, fake } = await startWeb();
  const commands = await listOf(url);
  const open = COMMANDS.filter(({ who }) => who !== 'bot-admins');
  expect(commands.map(({ name }) => name)).toEqual(open.map(({ name }) => name));
  expect(commands.find(({ name }) => name === 'model')).toMatchObject({
    description: 'Show or choose the model of this chat',
    who: 'everyone',
    argument: { name: 'name', choices: [{ value: 'auto' }, { value: 'code' }, { value: 'fast' }, {}, {}] },
  });
  expect(commands.find(({ name }) => name === 'system')?.argument).toEqual({ name: 'text' });
  expect(commands.find(({ name }) => name === 'why')).not.toHaveProperty('argument');
  expect(fake.presences[0]).toMatchObject({ person: { id: 'web' }, kind: 'direct', places: [], roles: [] });
});

test.each(['admin', 'owner'] as const)('an %s sees also the commands of admins', async (standing) => {
  const { url, fake } = await startWeb();
  fake.setStanding(standing);
  expect((await listOf(url)).map(({ name }) => name)).toEqual(COMMANDS.map(({ name }) => name));
});

test('a command says what the table says, and offers its choices', async () => {
  const { url, fake } = await startWeb();
  const path = `${url}/api/chats/home/commands`;
  const chosen = await send(path, { id: 'c1', name: 'Model', argument: 'fast' });
  expect([chosen.status, await chosen.json()]).toEqual([
    200,
    {
      markdown:
        'From now on this chat uses `fast` (`llama3.2:3b`).\n\nLooking whether the memory holds llama3.2:3b',
      waits: 'Looking whether the memory holds llama3.2:3b',
      offer: { command: 'stop', choices: [{ value: 'loads', label: '⏹ Cancel' }] },
    },
  ]);
  const { offer, markdown } = (await (await send(path, { id: 'c2', name: 'model' })).json()) as {
    markdown: string;
    offer: { command: string; choices: { value: string; label: string }[] };
  };
  expect(markdown).toBe('This chat uses `fast` (`llama3.2:3b`).');
  expect(offer.command).toBe('model');
  expect(offer.choices.find(({ value }) => value === 'fast')?.label).toBe('✓ ⚪ fast · llama3.2:3b');
  expect(await fake.front.chosen({ platform: 'web', chat: 'home' })).toBe('fast');
});

test('a command is given in its thread', async () => {
  const { url, fake } = await startWeb();
  await send(`${url}/api/chats/home/commands`, { id: 'c', name: 'model', argument: 'fast', thread: 't1' });
  expect(await fake.front.chosen({ platform: 'web', chat: 'home' })).toBe(null);
  expect(await fake.front.chosen({ platform: 'web', chat: 'home', thread: 't1' })).toBe('fast');
});

test('a command that arrives twice is carried out once', async () => {
  const { url, fake } = await startWeb();
  const address = { platform: 'web', chat: 'home' };
  const give = (id: string) => send(`${url}/api/chats/home/commands`, { id, name: 'new' });
  for (const id of ['a', 'a', 'b']) expect((await give(id)).status).toBe(200);
  const leave = new AbortController();
  const begun: string[] = [];
  for await (const event of fake.front.follow(address, { signal: leave.signal })) {
    if (event.type === 'live') break;
    if (event.type === 'entry') begun.push(event.entry.kind);
  }
  expect(begun).toEqual(['new', 'new']);
});

test('an unknown command is told with the one that was probably meant', async () => {
  const { url } = await startWeb();
  const reply = await send(`${url}/api/chats/home/commands`, { id: 'c', name: 'modle' });
  expect([reply.status, await reply.json()]).toEqual([
    404,
    {
      error: {
        code: 'not_found',
        message: 'I do not know that command.',
        hint: 'Did you mean /model? /help lists those that I know.',
      },
    },
  ]);
});

test('what a command throws keeps its code, words and hint', async () => {
  const { url, fake } = await startWeb();
  const path = `${url}/api/chats/home/commands`;
  const unknown = await send(path, { id: 'c', name: 'model', argument: 'fasst' });
  expect([unknown.status, (await bodyOf(unknown)).error]).toEqual([
    422,
    {
      code: 'not_installed',
      message: 'fasst is not installed.',
      hint: 'Did you mean fast? If not: ollama pull fasst',
    },
  ]);
  expect(fake.audited).toEqual([
    { chat: 'home', person: 'web', what: 'model', on: 'fasst', outcome: 'not_installed' },
  ]);
});

const bad: readonly [string, object, RegExp][] = [
  ['no id', { name: 'new' }, /id/],
  ['no name', { id: 'c' }, /name/],
  ['an unknown field', { id: 'c', name: 'new', colour: 'red' }, /colour/],
  ['an argument that is too long', { id: 'c', name: 'system', argument: 'x'.repeat(200_001) }, /200000/],
  ['the terminal, from the page', { id: 'c', name: 'new', platform: 'terminal' }, /platform/],
];

test.each(bad)('a command with %s is refused', async (_name, body, words) => {
  const { url, fake } = await startWeb();
  const reply = await send(`${url}/api/chats/home/commands`, body);
  expect([reply.status, (await bodyOf(reply)).error.message]).toEqual([400, expect.stringMatching(words)]);
  expect(fake.audited).toEqual([]);
});

test('who is no admin of the bot is told so, and it is noted', async () => {
  const { url, fake } = await startWeb();
  const give = (name: string, argument = '') =>
    send(`${url}/api/chats/home/commands`, { id: name, name, argument });
  expect(await (await give('reload')).json()).toEqual({
    markdown: 'Only the owner and the admins of this bot may do that.',
  });
  fake.setStanding('owner');
  expect(await (await give('reload')).json()).toEqual({ markdown: 'In force now: `llm`.' });
  expect(await (await give('approve', '7 admin')).json()).toEqual({
    markdown: '`telegram:7` may use the bot now, as admin.',
  });
  expect(fake.audited).toMatchObject([
    { what: 'reload', outcome: 'refused' },
    { what: 'reload', outcome: 'done' },
    { what: 'approve', on: '7 admin', outcome: 'done' },
  ]);
});

test.each(['blocked', 'stranger', 'outside'] as const)('who is %s changes nothing', async (standing) => {
  const { url, fake } = await startWeb();
  fake.setStanding(standing);
  const chat = `${url}/api/chats/home`;
  const replies = await Promise.all([
    fetch(`${url}/api/commands`),
    send(`${chat}/commands`, { id: 'c', name: 'help' }),
    send(`${chat}/messages`, { id: 'm', text: 'Hello' }),
    send(`${chat}/model`, { model: 'fast' }, 'PUT'),
    send(`${chat}/new`, {}),
    send(`${chat}/stop`, {}),
  ]);
  expect(replies.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
  for (const reply of replies) expect((await bodyOf(reply)).error.code).toBe('forbidden');
  expect([fake.received, fake.audited]).toEqual([[], []]);
});

test('the routes that do what a command does are noted as that command', async () => {
  const { url, fake } = await startWeb();
  const chat = `${url}/api/chats/home`;
  await send(`${chat}/model`, { model: 'fast' }, 'PUT');
  await send(`${chat}/model`, { model: null }, 'PUT');
  await send(`${chat}/new`, {});
  expect(fake.audited).toEqual([
    { chat: 'home', person: 'web', what: 'model', on: 'fast', outcome: 'done' },
    { chat: 'home', person: 'web', what: 'model', on: 'auto', outcome: 'done' },
    { chat: 'home', person: 'web', what: 'new', outcome: 'done' },
  ]);
});

test('who asks too often is told to wait', async () => {
  const { url, fake } = await startWeb();
  const failure = { code: 'limited', message: 'That was a lot.', hint: 'Wait 20 s.' } as const;
  const bodies = { messages: { id: 'm', text: 'Hello' }, commands: { id: 'c', name: 'why' } };
  for (const [what, body] of Object.entries(bodies)) {
    fake.refuseNext(failure);
    const reply = await send(`${url}/api/chats/home/${what}`, body);
    expect([reply.status, await reply.json()]).toEqual([429, { error: failure }]);
  }
});

test('the terminal gives commands over its own socket', async () => {
  const { url, fake } = await startWeb({ trusted: true });
  const body = { id: 'c', name: 'model', argument: 'fast', platform: 'terminal' };
  expect((await send(`${url}/api/chats/home/commands`, body)).status).toBe(200);
  expect((await fetch(`${url}/api/commands?platform=terminal`)).status).toBe(200);
  expect(fake.presences.map(({ address, person }) => [address.platform, person.id])).toEqual([
    ['terminal', 'terminal'],
    ['terminal', 'terminal'],
  ]);
  expect(await fake.front.chosen({ platform: 'terminal', chat: 'home' })).toBe('fast');
});
