import { describe, expect, it } from 'vitest';
import type { Chat } from '../../servers/telegram/chat.ts';
import { buttonsOf } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const QUESTION = 'A question that is long enough to be seen growing';

/** Everything that the bot ever showed in a chat, in order. */
const shownIn = (chat: Chat) =>
  chat
    .history()
    .flatMap((entry) =>
      'by' in entry && entry.by === 'bot' && entry.type !== 'deleted' ? [entry.message] : [],
    );

describe('telegram.streaming: off', () => {
  it('shows nothing of the text before it is whole', async () => {
    const { ollama, ada, chat, answer } = await hurriedBot({ config: { telegram: { streaming: 'off' } } });
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await generation.reached;
    expect(chat.fromBot()).toEqual([]);
    expect(chat.action()).toBe('typing');
    generation.release();
    await answer(chat, QUESTION);
    expect(shownIn(chat)).toHaveLength(1);
  });

  it('still says what is waited for, with a button that stops it', async () => {
    const { pass, ollama, ada, chat, said, answer } = await hurriedBot({
      config: { telegram: { streaming: 'off' } },
    });
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await pass(3_100);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    expect(buttonsOf(card)).toEqual(['⏹ Stop']);
    generation.release();
    expect((await answer(chat, QUESTION)).id).toBe(card.id);
  });
});

describe('telegram.streaming: draft', () => {
  const DRAFT = { config: { telegram: { streaming: 'draft' } } };

  it('shows the text so far as a draft that can be stopped, and sends a message at the end', async () => {
    const { telegram, ollama, ada, chat, answer } = await hurriedBot(DRAFT);
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await telegram.until(() => chat.draft()?.text.startsWith('You said: A question') ?? false);
    expect(chat.draft()).toMatchObject({ canStop: true });
    expect(chat.fromBot()).toEqual([]);
    generation.release();
    const whole = await answer(chat, QUESTION);
    expect(whole.silent).toBe(false);
    expect(chat.draft()).toBeUndefined();
    expect(chat.fromBot()).toEqual([whole]);
    expect(telegram.requests({ method: 'editMessageText' })).toEqual([]);
  });

  it('shows the draft again before Telegram takes it away', async () => {
    const { pass, telegram, ollama, ada, chat, answer } = await hurriedBot(DRAFT);
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await telegram.until(() => chat.draft() !== undefined);
    await pass(50_000);
    expect(chat.draft()?.text).toMatch(/^You said: A question/);
    generation.release();
    await answer(chat, QUESTION);
  });

  it('says in the draft what is waited for', async () => {
    const { pass, telegram, ollama, ada, chat, answer } = await hurriedBot(DRAFT);
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, QUESTION);
    await load.reached;
    await pass(3_100);
    await telegram.until(() => chat.draft()?.text.startsWith('Loading qwen2.5:7b') ?? false);
    load.release();
    await answer(chat, QUESTION);
    expect(chat.fromBot()).toHaveLength(1);
  });

  it("ends with what was written when the draft's own button is pressed", async () => {
    const { telegram, ollama, ada, chat, said } = await hurriedBot(DRAFT);
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await telegram.until(() => chat.draft() !== undefined);
    ada.stopsDraft(chat);
    const end = await said(chat, ({ text }) => text.includes('⏹ Stopped.'));
    expect(end.text).toMatch(/^You said: A question/);
    expect(chat.fromBot()).toEqual([end]);
    expect(ollama.running()).toBe(0);
  });

  it('is an edited message in groups, where there are no drafts', async () => {
    const { telegram, ollama, ada, said } = await hurriedBot(DRAFT);
    const group = telegram.supergroup({ title: 'All', members: [ada] });
    const generation = ollama.hold({ at: 'generation', afterTokens: 12 });
    ada.send(group, `@ostler_bot ${QUESTION}`);
    await generation.reached;
    const growing = await said(group, ({ text }) => text.startsWith('You said: Ada: A'));
    expect(buttonsOf(growing)).toEqual(['⏹ Stop']);
    generation.release();
    const whole = await said(group, ({ text }) => text.includes('🏠'));
    expect(whole.id).toBe(growing.id);
    expect(telegram.requests({ method: 'sendMessageDraft' })).toEqual([]);
  });
});
