import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../demo/ollama/models.ts';
import { discordBot, labelsOf, whole, withCommands } from '../../servers/discord-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const QUESTION = 'A question that is long enough to be seen growing';
const PATIENT = { timeouts: { first_part_seconds: 100_000, between_parts_seconds: 100_000 } };
const MINUTES = 60_000;
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('/ask', () => {
  it('is answered in the place of “is thinking”, with the question above', async () => {
    const { discord, ada, channel, answer, asked } = await withCommands(await discordBot());
    const given = ada.slash(channel, 'ask', { question: 'What is *new*?' });
    expect(await given.acknowledged).toBe(5);
    const answered = await answer(channel, 'What is *new*?');
    expect(answered.text).toMatch(/^> What is \\\*new\\\*\?\n\nYou said/);
    expect(given.reply()?.id).toBe(answered.id);
    expect(given.messages()).toHaveLength(1);
    expect(answered.visibleTo).toBeUndefined();
    expect(asked()).toEqual(['Ada: What is *new*?']);
    const written = discord.requests({ route: '/webhooks/:application/:token' });
    expect(written.length).toBeGreaterThan(0);
    for (const { body } of written) expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
  });

  it('stands alone: it knows nothing of the conversation, and that nothing of it', async () => {
    const { ada, chat, answer, ollama } = await withCommands(await discordBot());
    ada.send(chat, 'first');
    await answer(chat, 'first');
    ada.slash(chat, 'ask', { question: 'second' });
    await answer(chat, 'second');
    ada.send(chat, 'third');
    await answer(chat, 'third');
    const asked = ollama
      .requests()
      .filter(({ path }) => path === '/api/chat')
      .map(({ body }) => JSON.stringify(body));
    expect(asked[1]).not.toContain('first');
    expect(asked[2]).toContain('first');
    expect(asked[2]).not.toContain('second');
  });

  it('may name a model, and bring a picture', async () => {
    const { ada, chat, said, ollama } = await withCommands(
      await discordBot({ ollama: { models: CATALOGUE } }),
    );
    const image = { name: 'a.png', type: 'image/png', bytes: PNG };
    ada.slash(chat, 'ask', { question: 'What is this?', model: 'llava:7b', image });
    await said(chat, ({ text }) => text.includes('🏠 llava:7b'));
    const last = ollama.requests().findLast(({ path }) => path === '/api/chat');
    expect(JSON.stringify(last?.body)).toContain(PNG.toString('base64'));
  });

  it('in private is seen by its person alone, and its Stop works', async () => {
    const { ada, ben, channel, chat, said, answer, ollama, asked } = await withCommands(await discordBot());
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.slash(channel, 'ask', { question: QUESTION, private: true });
    await generation.reached;
    const growing = await said(channel, (message) => labelsOf(message).includes('⏹ Stop'), ada);
    expect(growing.visibleTo).toBe(ada.id);
    ada.press(growing, '⏹ Stop');
    await said(channel, ({ text }) => text.includes('⏹ Stopped.'), ada);
    ada.slash(channel, 'ask', { question: 'Again', private: true });
    await answer(channel, 'Again', ada);
    expect(ben.sees(channel)).toEqual([]);
    expect(chat.fromBot()).toEqual([]);
    expect(asked().at(-1)).toBe('Again');
  });

  it('in private is asked again in the direct chat', async () => {
    const { ada, ben, channel, chat, answer } = await withCommands(await discordBot());
    ada.slash(channel, 'ask', { question: 'Hello', private: true });
    const answered = await answer(channel, 'Hello', ada);
    ada.press(answered, '↻ Retry');
    await answer(chat, 'Hello');
    expect(ben.sees(channel)).toEqual([]);
  });

  it('of a stranger is refused to them alone', async () => {
    const { discord, said, asked } = await withCommands(await discordBot());
    const eve = discord.person({ name: 'Eve' });
    const elsewhere = discord.guild({ name: 'Elsewhere', members: [eve] }).channel('talk');
    eve.slash(elsewhere, 'ask', { question: 'Hello' });
    const refusal = await said(elsewhere, ({ text }) => text.includes('not served'), eve);
    expect(refusal.visibleTo).toBe(eve.id);
    expect(asked()).toEqual([]);
  });

  it('that takes longer than 15 minutes goes on as a message of the channel', async () => {
    const bot = await hurriedBot({ llm: PATIENT, config: { queue: { expire_minutes: 1_000 } } });
    const { discord, ollama, ada, channel, said, answer, pass, passUntil } = bot;
    await withCommands(bot);
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.slash(channel, 'ask', { question: QUESTION });
    await generation.reached;
    const growing = await said(channel, (message) => labelsOf(message).includes('⏹ Stop'));
    await pass(16 * MINUTES);
    generation.release();
    await passUntil(() => whole(channel).length === 1);
    const answered = await answer(channel, QUESTION);
    expect(answered.id).toBe(growing.id);
    expect(discord.invalidRequests()).toBe(0);
  });

  it('in private that takes longer than 15 minutes goes on in the direct chat', async () => {
    const bot = await hurriedBot({ llm: PATIENT, config: { queue: { expire_minutes: 1_000 } } });
    const { ollama, ada, ben, channel, chat, said, pass, passUntil } = bot;
    await withCommands(bot);
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.slash(channel, 'ask', { question: QUESTION, private: true });
    await generation.reached;
    await said(channel, (message) => labelsOf(message).includes('⏹ Stop'), ada);
    await pass(16 * MINUTES);
    generation.release();
    await passUntil(() => whole(chat).length === 1);
    expect(whole(chat)[0]?.text).toMatch(/^> A question that is long/);
    expect(ben.sees(channel)).toEqual([]);
  });

  it('that was interrupted by a restart goes on in its message', async () => {
    const bot = await hurriedBot();
    const { reopen, ollama, ada, channel, said, passUntil } = bot;
    await withCommands(bot);
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.slash(channel, 'ask', { question: QUESTION });
    await generation.reached;
    const growing = await said(channel, (message) => labelsOf(message).includes('⏹ Stop'));
    await reopen();
    await passUntil(() => whole(channel).length === 1);
    expect(channel.fromBot()).toMatchObject([{ id: growing.id }]);
  });
});

describe('a question about a message', () => {
  it('opens a window, and brings the message along', async () => {
    const { discord, ada, ben, channel, said, asked } = await withCommands(await discordBot());
    const words = ben.send(channel, 'The sky is green');
    const opened = ada.messageCommand(words, 'Ask Ostler about this');
    expect(await opened.acknowledged).toBe(9);
    const sent = ada.submit(opened, { question: 'Is that so?' });
    expect(await sent.acknowledged).toBe(5);
    await said(channel, ({ text }) => text.includes('🏠') && text.startsWith('> Is that so?'));
    expect(asked()[0]).toContain('The sky is green');
    const again = ada.messageCommand(words, 'Ask Ostler about this');
    await again.acknowledged;
    ada.submit(again, {});
    await discord.until(() => whole(channel).length === 2);
    expect(asked()[1]).toContain('What about this?');
  });

  it('that the bot no longer knows is told so', async () => {
    const bot = await withCommands(await hurriedBot());
    const { ada, ben, channel, said, asked } = bot;
    const opened = ada.messageCommand(ben.send(channel, 'The sky is green'), 'Ask Ostler about this');
    await opened.acknowledged;
    // As if the window were that of another message.
    Object.assign(opened.window() ?? {}, { customId: 'about:1' });
    ada.submit(opened, { question: 'Is that so?' });
    await said(channel, ({ text }) => text.includes('no longer know that message'));
    expect(asked()).toEqual([]);
  });
});
