import { describe, expect, it } from 'vitest';
import type { Channel } from '../../servers/discord/channel.ts';
import { discordBot, labelsOf, whole } from '../../servers/discord-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const QUESTION = 'A question that is long enough to be seen growing';
const OFF = { config: { discord: { streaming: 'off' } } };
const LONG = Array.from({ length: 120 }, (_, index) => `Paragraph ${index} says something of little use.`);
const CREATE = { method: 'POST', route: '/channels/:channel/messages' };
const EDIT = { method: 'PATCH', route: '/channels/:channel/messages/:message' };

const isGrowing = ({ text }: { readonly text: string }) =>
  text.startsWith('You said: A question') && !text.includes('🏠');
const wordsIn = (channel: Channel) =>
  channel
    .fromBot()
    .map(({ text }) => text)
    .join('\n');
const typings = (channel: Channel) =>
  channel.history().flatMap(({ type, atMs }) => (type === 'typing' ? [atMs] : []));

describe('an answer', () => {
  it('grows in its message, with a button that stops it', async () => {
    const { ollama, ada, chat, said, answer } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 7 });
    ada.send(chat, QUESTION);
    await generation.reached;
    const growing = await said(chat, isGrowing);
    expect(labelsOf(growing)).toEqual(['⏹ Stop']);
    expect(growing.silent).toBe(false);
    generation.release();
    const answered = await answer(chat, QUESTION);
    expect(answered.id).toBe(growing.id);
    expect(chat.fromBot()).toHaveLength(1);
  });

  it('is edited no more often than every 1.2 s', async () => {
    const words = Array.from({ length: 200 }, (_, index) => `word${index}`).join(' ');
    const model = { tag: 'qwen2.5:7b', sizeGb: 1, coldSeconds: 0.1, warmSeconds: 0.1, tokensPerSecond: 50 };
    const { discord, ada, chat, said } = await discordBot({
      ollama: { answer: () => words, speed: 1, models: [model] },
    });
    ada.send(chat, QUESTION);
    await said(chat, ({ text }) => text.includes('🏠'));
    const shown = [...discord.requests(CREATE), ...discord.requests(EDIT)];
    const previews = shown.slice(0, -1).map(({ receivedAtMs }) => receivedAtMs);
    expect(previews.length).toBeGreaterThan(1);
    // They are spaced where they are sent; on their way one may gain on the other.
    for (const [index, atMs] of previews.slice(1).entries())
      expect(atMs - (previews[index] ?? 0)).toBeGreaterThanOrEqual(900);
  });

  it('that is too long for one message comes in several, each within 2,000 characters', async () => {
    const { passUntil, ada, chat } = await hurriedBot({ ollama: { answer: () => LONG.join('\n\n') } });
    ada.send(chat, 'Tell me all');
    await passUntil(() => whole(chat).length === 1);
    const parts = chat.fromBot();
    expect(parts.length).toBeGreaterThan(2);
    for (const paragraph of LONG) expect(wordsIn(chat).split(paragraph)).toHaveLength(2);
    for (const { text } of parts) expect(text.length).toBeLessThanOrEqual(2_000);
    expect(parts.slice(1).map(({ replyTo, silent }) => [replyTo, silent])).toEqual(
      parts.slice(1).map(() => [parts[0]?.id, true]),
    );
  });

  it('closes a code block at the end of a message and opens it again in the next', async () => {
    const code = [
      '```python',
      ...Array.from({ length: 150 }, (_, line) => `print("line number ${line}")`),
      '```',
    ];
    const { passUntil, ada, chat } = await hurriedBot({ ...OFF, ollama: { answer: () => code.join('\n') } });
    ada.send(chat, 'Write code');
    await passUntil(() => whole(chat).length === 1);
    const parts = chat.fromBot().map(({ text }) => text);
    expect(parts.length).toBeGreaterThan(1);
    for (const text of parts) {
      expect(text.startsWith('```python')).toBe(true);
      expect(text.match(/^```/gm)).toHaveLength(2);
    }
  });

  it('shows tables as code', async () => {
    const table = '| Name | Legs |\n|---|---:|\n| Horse | 4 |\n| Bird | 2 |';
    const { ada, chat, said } = await discordBot({
      ollama: { answer: () => `Here:\n\n${table}\n\nThat is all.` },
    });
    ada.send(chat, 'Legs?');
    const { text } = await said(chat, (message) => message.text.includes('🏠'));
    expect(text).toContain(
      '```\nName  | Legs\n------|-----\nHorse |    4\nBird  |    2\n```\n\nThat is all.',
    );
  });

  it('is sent with a nonce, so that one that arrived unnoticed is not sent twice', async () => {
    const { passUntil, discord, ada, chat, asked } = await hurriedBot(OFF);
    discord.fault({ ...CREATE, kind: 'drop-after' });
    ada.send(chat, 'Hello');
    // Were time to pass before, there might be a card.
    await discord.until(() => discord.requests(CREATE).length === 1);
    await passUntil(() => discord.requests(CREATE).length === 2);
    await passUntil(() => whole(chat).length === 1);
    const [first, second] = discord.requests(CREATE).map(({ body }) => body as Record<string, unknown>);
    expect(first).toMatchObject({ enforce_nonce: true, nonce: second?.nonce });
    expect(String(first?.nonce).length).toBeLessThanOrEqual(25);
    expect(chat.fromBot()).toHaveLength(1);
    expect(asked()).toEqual(['Hello']);
  });

  it('is sent anew where somebody deleted it meanwhile', async () => {
    const { passUntil, discord, channel, ollama, ada, said, chat } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(channel, `${discord.botMention} ${QUESTION}`);
    await generation.reached;
    const growing = await said(channel, ({ text }) => text.includes('You said'));
    const url = `${discord.restUrl}/v10/channels/${channel.id}/messages/${growing.id}`;
    await fetch(url, { method: 'DELETE', headers: { authorization: `Bot ${discord.token}` } });
    generation.release();
    await passUntil(() => whole(channel).length === 1);
    expect(channel.fromBot()).toHaveLength(1);
    expect(channel.fromBot()[0]?.id).not.toBe(growing.id);
    expect(chat.fromBot()).toEqual([]);
  });

  it('that was interrupted goes on in its message when the bot was started again', async () => {
    const { reopen, ollama, ada, chat, said, passUntil } = await hurriedBot();
    const first = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await first.reached;
    const growing = await said(chat, isGrowing);
    await reopen();
    await passUntil(() => whole(chat).length === 1);
    expect(chat.fromBot()).toMatchObject([{ id: growing.id }]);
  });
});

describe('who waits', () => {
  it('sees typing, again before it fades, and a silent card with a button', async () => {
    const { pass, discord, ollama, ada, chat, said, answer } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, 'Hello');
    await load.reached;
    await discord.until(() => typings(chat).length === 1);
    await pass(3_500);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    expect(card.silent).toBe(true);
    expect(labelsOf(card)).toEqual(['⏹ Stop']);
    await pass(14_000);
    const times = typings(chat);
    expect(times.length).toBeGreaterThanOrEqual(3);
    for (const [index, atMs] of times.slice(1).entries())
      expect(atMs - (times[index] ?? 0)).toBeGreaterThanOrEqual(7_900);
    load.release();
    await answer(chat, 'Hello');
  });

  it('for long gets the answer as a new message, and the card goes', async () => {
    const { pass, passUntil, discord, ollama, ada, chat, said } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, 'Hello');
    await load.reached;
    await discord.until(() => typings(chat).length === 1);
    await pass(3_500);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    await pass(30_000);
    load.release();
    await passUntil(() => whole(chat).length === 1);
    await passUntil(() => chat.message(card.id) === undefined);
    expect(chat.fromBot()).toHaveLength(1);
    expect(whole(chat)[0]?.silent).toBe(false);
  });
});
