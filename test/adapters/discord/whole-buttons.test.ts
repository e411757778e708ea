import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../demo/ollama/models.ts';
import { discordBot, labelsOf, whole } from '../../servers/discord-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const QUESTION = 'A question that is long enough to be seen growing';
const LLAMA = 'llama3:8b-instruct-q4_K_M';
const many = Array.from({ length: 30 }, (_, index) => ({ tag: `model-${index}:7b`, sizeGb: 1 }));
const hasStop = (message: Parameters<typeof labelsOf>[0]) => labelsOf(message).includes('⏹ Stop');

describe('Stop', () => {
  it('ends an answer that grows, and tells who pressed it alone', async () => {
    const { discord, ollama, ada, ben, channel, said } = await discordBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(channel, `${discord.botMention} ${QUESTION}`);
    await generation.reached;
    const growing = await said(channel, hasStop);
    const pressed = ada.press(growing, '⏹ Stop');
    expect(await pressed.acknowledged).toBe(6);
    const words = await said(channel, ({ text }) => text === 'Stopped.', ada);
    expect(words.visibleTo).toBe(ada.id);
    const end = await said(channel, ({ text }) => text.includes('⏹ Stopped.'));
    expect(end.id).toBe(growing.id);
    expect(ben.sees(channel).map(({ text }) => text)).not.toContain('Stopped.');
    await ollama.until(() => ollama.running() === 0);
  });

  it('of somebody else does nothing, unless they manage the server', async () => {
    const { discord, ollama, ada, ben, guild, channel, said } = await discordBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(channel, `${discord.botMention} ${QUESTION}`);
    await generation.reached;
    const growing = await said(channel, hasStop);
    ben.press(growing, '⏹ Stop');
    await said(channel, ({ text }) => text.startsWith('Only who asked'), ben);
    guild.role('keepers', { members: [ben], permissions: ['manageGuild'] });
    ben.press(growing, '⏹ Stop');
    await said(channel, ({ text }) => text.includes('⏹ Stopped.'));
  });

  it('of an older message works when the bot was started again', async () => {
    const { discord, reopen, ollama, ada, chat, said, passUntil } = await hurriedBot();
    const first = ollama.hold({ at: 'generation', afterTokens: 8 });
    const second = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await first.reached;
    const growing = await said(chat, hasStop);
    await reopen();
    await second.reached;
    ada.press(growing, '⏹ Stop');
    await passUntil(() => chat.message(growing.id)?.text.includes('⏹ Stopped.') ?? false);
    expect(discord.gateway.counts().identifies).toBe(2);
  });
});

describe('Retry', () => {
  it('asks again, and the old answer keeps no button', async () => {
    const { discord, ada, chat, answer, asked, now } = await discordBot();
    ada.send(chat, 'Hello');
    const first = await answer(chat, 'Hello');
    ada.press(first, '↻ Retry');
    await discord.until(() => whole(chat).length === 2);
    expect(asked()).toEqual(['Hello', 'Hello']);
    await discord.until(() => now(first).buttons.length === 0);
  });

  it('with another model offers the models, which answer this once', async () => {
    const { discord, ada, chat, now, said } = await discordBot({
      ollama: { models: CATALOGUE.slice(0, 3), answer: ({ model }) => `I am ${model}` },
    });
    ada.send(chat, 'Hello');
    const first = await said(chat, ({ text }) => text.includes('🏠'));
    ada.press(first, '↻ Retry with…');
    await discord.until(() => labelsOf(now(first)).length > 2);
    const other = labelsOf(now(first)).find((label) => !first.text.includes(label)) ?? 'no other';
    ada.press(now(first), other);
    await discord.until(() => whole(chat).length === 2);
    expect(whole(chat).at(-1)?.text).toContain(`I am ${other}`);
  });

  it('with another model of many offers menus of at most 25', async () => {
    const { discord, ada, chat, now, said } = await discordBot({
      llm: { routing: { default: 'model-0:7b' } },
      ollama: { models: many, answer: ({ model }) => `I am ${model}` },
    });
    ada.send(chat, 'Hello');
    const first = await said(chat, ({ text }) => text.includes('🏠'));
    ada.press(first, '↻ Retry with…');
    await discord.until(() => now(first).menus.length > 0);
    const { menus } = now(first);
    expect(menus.map(({ options }) => options.length)).toEqual([25, 5]);
    const last = menus[1];
    ada.select(now(first), last?.customId ?? '', [last?.options.at(-1)?.label ?? '']);
    await discord.until(() => whole(chat).length === 2);
    expect(whole(chat).at(-1)?.text).toContain(last?.options.at(-1)?.label ?? 'no label');
  });
});

describe('choices of a command', () => {
  it('replace its words, which are not said twice', async () => {
    const { discord, ada, chat, said, now } = await discordBot();
    await discord.until(() => discord.commands().length > 0);
    ada.slash(chat, 'model');
    const offer = await said(chat, ({ buttons, menus }) => buttons.length + menus.length > 0);
    const [menu] = offer.menus;
    const label = menu?.options.find((option) => option.label.includes(LLAMA))?.label ?? '';
    ada.select(offer, menu?.customId ?? '', [label]);
    await discord.until(() => now(offer).text.includes('From now on this chat uses'));
    expect(now(offer).menus).toEqual([]);
    ada.send(chat, 'Hello');
    await said(chat, ({ text }) => text.includes('🏠'));
    expect(ada.sees(chat).filter(({ text }) => text.includes('From now on'))).toHaveLength(1);
  });

  it('that are of no use any more say so', async () => {
    const { discord, ada, chat, answer, said } = await discordBot();
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' };
    const button = { type: 2, style: 2, label: 'Old', custom_id: 'c:model:0123456789ab' };
    const body = JSON.stringify({ content: 'old', components: [{ type: 1, components: [button] }] });
    await fetch(`${discord.restUrl}/v10/channels/${chat.id}/messages`, { method: 'POST', headers, body });
    ada.press(await said(chat, ({ text }) => text === 'old'), 'Old');
    await said(chat, ({ text }) => text.startsWith('This button is of no use any more'), ada);
  });
});
