import { describe, expect, it } from 'vitest';
import type { Chat } from '../../servers/telegram/chat.ts';
import { buttonsOf } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const QUESTION = 'A question that is long enough to be seen growing';
const isGrowing = ({ text }: { readonly text: string }) =>
  text.startsWith('You said: A question') && !text.includes('🏠');

/** Everything that the bot ever showed in a chat, in order. */
const shownIn = (chat: Chat) =>
  chat
    .history()
    .flatMap((entry) =>
      'by' in entry && entry.by === 'bot' && entry.type !== 'deleted' ? [entry.message] : [],
    );

describe('an answer that grows', () => {
  it('shows the text so far with a button that stops it; the whole answer has none', async () => {
    const { ollama, ada, chat, said, answer } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 7 });
    ada.send(chat, QUESTION);
    await generation.reached;
    const growing = await said(chat, isGrowing);
    expect(QUESTION.startsWith(growing.text.slice('You said: '.length).trimEnd())).toBe(true);
    expect(buttonsOf(growing)).toEqual(['⏹ Stop']);
    expect(growing.silent).toBe(false);
    generation.release();
    const whole = await answer(chat, QUESTION);
    expect(whole).toMatchObject({ id: growing.id, buttons: [] });
    expect(chat.fromBot()).toHaveLength(1);
  });

  it('grows again and again, each time by the newest text', async () => {
    const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
    const { passUntil, ollama, ada, chat, said } = await hurriedBot({ ollama: { answer: () => words } });
    const holds = [10, 20, 30].map((afterTokens) => ollama.hold({ at: 'generation', afterTokens }));
    ada.send(chat, QUESTION);
    await holds[0]?.reached;
    await said(chat, () => true);
    holds[0]?.release();
    await passUntil(() => chat.fromBot().some(({ text }) => text.includes('🏠')));
    const texts = shownIn(chat).map(({ text }) => text);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.at(-1)?.startsWith(words)).toBe(true);
    for (const [index, text] of texts.slice(1).entries()) {
      expect(text.startsWith((texts[index] ?? '').trimEnd())).toBe(true);
    }
  });

  it('is told first when its words say something', async () => {
    const { ollama, ada, chat, said } = await hurriedBot({
      ollama: { answer: () => 'Ok. And now more words.' },
    });
    const generation = ollama.hold({ at: 'generation', afterTokens: 1 });
    ada.send(chat, QUESTION);
    await generation.reached;
    expect(chat.fromBot()).toEqual([]);
    generation.release();
    expect((await said(chat, () => true)).text).toContain('And now');
  });

  it('of which a part is the same as in its last preview is no error', async () => {
    const { passUntil, telegram, ostler, ollama, ada, chat } = await hurriedBot({
      ollama: { answer: () => 'Words of little use. '.repeat(500) },
    });
    const generation = ollama.hold({ at: 'generation', afterTokens: 1_900 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await passUntil(() => chat.fromBot().length > 1);
    generation.release();
    await passUntil(() => chat.fromBot().some(({ text }) => text.includes('🏠')));
    expect(telegram.requests().some(({ description = '' }) => /not modified/.test(description))).toBe(true);
    expect(ostler.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });

  it('is sent anew where its person deleted it meanwhile', async () => {
    const { telegram, ostler, ollama, ada, chat, said, answer } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 7 });
    ada.send(chat, QUESTION);
    await generation.reached;
    const growing = await said(chat, isGrowing);
    ada.delete(growing);
    generation.release();
    const whole = await answer(chat, QUESTION);
    expect(whole.id).not.toBe(growing.id);
    expect(chat.fromBot()).toEqual([whole]);
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(ostler.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('begins anew where the model breaks off, in the same message', async () => {
    const { pass, ollama, ada, chat, said, answer } = await hurriedBot();
    ollama.inject({ type: 'stream-breaks', afterTokens: 8 });
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await generation.reached;
    const growing = await said(chat, isGrowing);
    generation.release();
    await pass(3_000);
    const whole = await answer(chat, QUESTION);
    expect(whole.id).toBe(growing.id);
    expect(chat.fromBot()).toEqual([whole]);
  });

  it('in several messages keeps all of them when it is stopped', async () => {
    const lines = Array.from(
      { length: 240 },
      (_, index) => `Paragraph ${index} says something of little use.`,
    );
    const { passUntil, ollama, ada, chat } = await hurriedBot({
      ollama: { answer: () => lines.join('\n\n') },
    });
    const generation = ollama.hold({ at: 'generation', afterTokens: 1_900 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await passUntil(() => chat.fromBot().length > 1 && chat.fromBot().at(-1)?.buttons.length === 1);
    const grown = chat.fromBot();
    expect(grown.map(buttonsOf)).toEqual([...grown.slice(1).map(() => []), ['⏹ Stop']]);
    const last = grown.at(-1);
    if (last) await ada.press(chat, last, '⏹ Stop');
    await passUntil(() => chat.fromBot().some(({ text }) => text.includes('⏹ Stopped.')));
    expect(chat.fromBot().map(({ id }) => id)).toEqual(grown.map(({ id }) => id));
    expect(chat.fromBot().map(({ buttons }) => buttons)).toEqual(grown.map(() => []));
  });

  it('in several messages goes on in the same ones when the bot was started again', async () => {
    const lines = Array.from(
      { length: 240 },
      (_, index) => `Paragraph ${index} says something of little use.`,
    );
    const { passUntil, reopen, ollama, ada, chat } = await hurriedBot({
      ollama: { answer: () => lines.join('\n\n') },
    });
    const generation = ollama.hold({ at: 'generation', afterTokens: 1_900 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await passUntil(() => chat.fromBot().length > 1);
    const grown = chat.fromBot().map(({ id }) => id);
    await reopen();
    await passUntil(() => chat.fromBot().some(({ text }) => text.includes('🏠')));
    const ids = chat.fromBot().map(({ id }) => id);
    expect(ids.slice(0, grown.length)).toEqual(grown);
    const words = chat
      .fromBot()
      .map(({ text }) => text)
      .join('\n');
    for (const line of lines) expect(words.split(line)).toHaveLength(2);
  });
});
