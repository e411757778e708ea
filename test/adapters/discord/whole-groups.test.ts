import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../demo/ollama/models.ts';
import { discordBot, whole } from '../../servers/discord-bot.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const picture = { name: 'a.png', type: 'image/png', bytes: PNG };
const VISION = 'llava:7b';
const seeing = { ollama: { models: CATALOGUE }, llm: { routing: { default: VISION } } };

describe('a reply', () => {
  it('to an answer goes on with the conversation and quotes it', async () => {
    const { discord, ada, channel, answer, asked } = await discordBot();
    ada.send(channel, `${discord.botMention} one`);
    const first = await answer(channel, 'one');
    ada.send(channel, 'and two?', { replyTo: first });
    await discord.until(() => whole(channel).length === 2);
    expect(asked().at(-1)).toContain('and two?');
    expect(asked().at(-1)).not.toContain('🏠');
  });

  it('to an answer that does not ping the bot cannot be read, and is left alone', async () => {
    const { discord, ada, channel, answer } = await discordBot();
    ada.send(channel, `${discord.botMention} one`);
    const first = await answer(channel, 'one');
    ada.send(channel, 'and two?', { replyTo: first, pingReplied: false });
    ada.send(channel, `${discord.botMention} three`);
    await answer(channel, 'three');
    expect(whole(channel)).toHaveLength(2);
  });

  it('to somebody else that mentions the bot brings their words along', async () => {
    const { discord, ada, ben, chat, answer, asked, channel } = await discordBot({
      discord: { privileged: ['content'] },
      config: { discord: { message_content: true } },
    });
    const words = ben.send(channel, 'The sky is green');
    ada.send(channel, `${discord.botMention} is that so?`, { replyTo: words });
    await discord.until(() => asked().length > 0);
    expect(asked()[0]).toContain('The sky is green');
    expect(asked()[0]).toContain('Ben');
    ada.send(chat, 'fine');
    await answer(chat, 'fine');
  });
});

it('where the bot may not read what was written before, an answer is no reply', async () => {
  const { discord, ada, guild, answer } = await discordBot();
  const place = guild.channel('short memory', { botMayNot: ['history'] });
  ada.send(place, `${discord.botMention} hello`);
  const answered = await answer(place, 'hello');
  expect(answered.replyTo).toBeUndefined();
  expect(place.fromBot()).toHaveLength(1);
});

describe('mentions of others', () => {
  it('are read as names, and whatever a model writes mentions nobody', async () => {
    const { discord, ada, ben, channel, asked, said } = await discordBot({
      ollama: { answer: () => `Hello ${'@everyone'} and <@1234567890123456> and @here` },
    });
    ada.send(channel, `${discord.botMention} greet ${ben.mention}`);
    const answered = await said(channel, ({ text }) => text.includes('🏠'));
    expect(asked()).toEqual(['Ada: greet @Ben']);
    expect(answered.mentions).toEqual([ada.id]);
    expect(answered.mentionsEveryone).toBe(false);
    for (const { body } of discord.requests({ route: '/channels/:channel/messages', method: 'POST' }))
      expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
    for (const { body } of discord.requests({ method: 'PATCH' }))
      expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
  });

  it('of the role that is the bot’s own are mentions of the bot', async () => {
    const { discord, ada, channel, asked, guild } = await discordBot({
      discord: { privileged: ['content'] },
      config: { discord: { message_content: true } },
    });
    const roles = (await (
      await fetch(`${discord.restUrl}/v10/guilds/${guild.id}/roles`, {
        headers: { authorization: `Bot ${discord.token}` },
      })
    ).json()) as readonly { readonly id: string; readonly managed: boolean }[];
    const own = roles.find(({ managed }) => managed)?.id;
    ada.send(channel, `<@&${own}> hello`);
    await discord.until(() => asked().length > 0);
    expect(asked()).toEqual(['Ada: hello']);
  });
});

describe('a picture', () => {
  it('is fetched anew from its message and shown to the model', async () => {
    const { ada, chat, ollama, answer } = await discordBot(seeing);
    ada.send(chat, 'What is this?', { attachments: [picture] });
    await answer(chat, 'What is this?');
    const turns = ollama
      .requests()
      .filter(({ path }) => path === '/api/chat')
      .flatMap(({ body }) => (body as { messages?: { images?: string[] }[] }).messages ?? []);
    expect(turns.at(-1)?.images).toEqual([PNG.toString('base64')]);
  });

  it('that is gone when its turn comes is told', async () => {
    const { discord, ada, chat, said } = await discordBot(seeing);
    discord.fault({
      method: 'GET',
      route: '/channels/:channel/messages/:message',
      kind: { status: 404, code: 10_008, message: 'Unknown Message' },
    });
    ada.send(chat, 'What is this?', { attachments: [picture] });
    await said(chat, ({ text }) => text.includes('does not give that picture'));
  });

  it('is no text: another file is refused with a word', async () => {
    const { ada, chat, said, asked } = await discordBot();
    const attachments = [{ name: 'a.txt', type: 'text/plain', bytes: Buffer.from('hello') }];
    ada.send(chat, 'Read this', { attachments });
    await said(chat, ({ text }) => text.includes('not a file'));
    expect(asked()).toEqual([]);
  });
});

describe('an edit', () => {
  it('of a question that waits changes it', async () => {
    const { discord, ollama, ada, ben, chat, asked, answer } = await discordBot();
    const generation = ollama.hold({ at: 'generation' });
    ben.send(ben.directChat(), 'first');
    await generation.reached;
    const question = ada.send(chat, 'What is one?');
    await discord.until(() => chat.botTypes());
    ada.edit(question, 'What is two?');
    await expect.poll(() => asked().length).toBe(1);
    await expect
      .poll(() => discord.requests({ method: 'POST', route: '/channels/:channel/typing' }).length)
      .toBeGreaterThan(0);
    generation.release();
    await answer(chat, 'What is two?');
    expect(asked()).toEqual(['first', 'What is two?']);
  });

  it('of an answered one is offered', async () => {
    const { discord, ada, chat, answer, said } = await discordBot();
    const question = ada.send(chat, 'one');
    await answer(chat, 'one');
    ada.edit(question, 'two');
    const offering = await said(chat, ({ buttons }) =>
      buttons.flat().some(({ label }) => label === '↻ Answer the edited question'),
    );
    ada.press(offering, '↻ Answer the edited question');
    await answer(chat, 'two');
    await discord.until(() => chat.message(offering.id)?.buttons.length === 0);
  });
});
