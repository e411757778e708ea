import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../servers/telegram/message.ts';
import { buttonsOf, telegramBot } from '../../servers/telegram-bot.ts';

const PARAGRAPH = 'Something is said here that is of little use, and a little more of it.';

/** Every word of it can be told from the others. */
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `${PARAGRAPH} That was number ${index}.`).join('\n\n');

const entity = (message: ChatMessage, type: string) =>
  message.entities
    .filter((one) => one.type === type)
    .map(({ offset, length }) => message.text.slice(offset, offset + length));

/** What is left of the answer's messages when what stands below the answer is taken away. */
const wordsOf = (messages: readonly ChatMessage[]) =>
  messages
    .map(({ text }) => text)
    .join('\n')
    .replace(/🏠.*$/s, '')
    .split(/\s+/)
    .filter(Boolean);

describe('an answer in a direct chat', () => {
  it('says which model gave it, why, and that it was simulated', async () => {
    const { ada, chat, answer } = await telegramBot();
    ada.send(chat, 'Hello');
    expect((await answer(chat, 'Hello')).text).toMatch(
      /^You said: Hello\n\n🏠 qwen2\.5:7b · default · .* · simulated$/,
    );
  });

  it('is one message, which shows no link preview and replies to nothing', async () => {
    const { telegram, ada, chat, answer } = await telegramBot();
    ada.send(chat, 'https://example.org/ what is that?');
    const message = await answer(chat, 'https://example.org/ what is that?');
    expect(message).toMatchObject({ linkPreview: false, replyTo: undefined, silent: false, buttons: [] });
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(chat.fromBot()).toEqual([message]);
    expect(telegram.requests({ method: 'sendMessage' })).toHaveLength(1);
  });

  it('names the rule that chose the model', async () => {
    const { ada, chat, said } = await telegramBot({
      llm: {
        routing: { default: 'qwen2.5:7b', rules: [{ pattern: 'haiku', model: 'llama3:8b-instruct-q4_K_M' }] },
      },
    });
    ada.send(chat, 'Write a haiku');
    const { text } = await said(chat, (message) => message.text.includes('🏠'));
    expect(text).toContain('🏠 llama3:8b-instruct-q4_K_M · rule “haiku”');
  });

  it('follows what was said before', async () => {
    const { ollama, ada, chat, answer, asked } = await telegramBot();
    ada.send(chat, 'My name is Ada');
    await answer(chat, 'My name is Ada');
    ada.send(chat, 'Who am I?');
    await answer(chat, 'Who am I?');
    expect(asked()).toEqual(['My name is Ada', 'Who am I?']);
    const { body } = ollama.requests().findLast(({ path }) => path === '/api/chat') ?? {};
    expect(body).toMatchObject({
      messages: [
        { role: 'user', content: 'My name is Ada' },
        { role: 'assistant', content: 'You said: My name is Ada' },
        { role: 'user', content: 'Who am I?' },
      ],
    });
  });
});

describe('an answer with Markdown', () => {
  const MARKDOWN = [
    '# A title',
    'A **bold** word, `code`, and [a link](https://example.org/a?b=1&c=2).',
    '```python\nprint("1 < 2 & 3")\n```',
    '- one\n- two',
    '| Name | Size |\n| --- | --- |\n| qwen | 4.7 GB |',
  ].join('\n\n');

  it('arrives with the formatting that Telegram knows', async () => {
    const { ada, chat, said } = await telegramBot({ ollama: { answer: () => MARKDOWN } });
    ada.send(chat, 'Show all');
    const message = await said(chat, ({ text }) => text.includes('🏠'));
    expect(entity(message, 'bold')).toEqual(expect.arrayContaining(['A title', 'bold']));
    expect(entity(message, 'code')).toEqual(['code']);
    expect(entity(message, 'text_link')).toEqual(['a link']);
    expect(message.entities).toContainEqual(
      expect.objectContaining({ type: 'text_link', url: 'https://example.org/a?b=1&c=2' }),
    );
    expect(message.entities).toContainEqual(expect.objectContaining({ type: 'pre', language: 'python' }));
    expect(entity(message, 'pre')[0]).toBe('print("1 < 2 & 3")');
    expect(message.text).toMatch(/• one\n• two|- one\n- two/);
    expect(message.text).toMatch(/qwen.*4\.7 GB/);
    expect(message.text).not.toContain('**');
    expect(message.text).not.toContain('```');
  });

  it('goes out plain, once, where Telegram cannot parse it', async () => {
    const { telegram, ostler, ada, chat, said } = await telegramBot({
      ollama: { answer: () => MARKDOWN },
      config: { telegram: { streaming: 'off' } },
    });
    telegram.fault({
      method: 'sendMessage',
      kind: { status: 400, description: "Bad Request: can't parse entities: Unsupported start tag" },
    });
    ada.send(chat, 'Show all');
    const message = await said(chat, ({ text }) => text.includes('🏠'));
    expect(message.entities.filter(({ type }) => type !== 'url')).toEqual([]);
    expect(message.text).toContain('print("1 < 2 & 3")');
    expect(message.text).not.toContain('&lt;');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    const sent = telegram.requests({ method: 'sendMessage' });
    expect(sent.map(({ parameters }) => parameters.parse_mode)).toEqual(['HTML', undefined]);
    expect(ostler.lines.filter(({ message: words }) => /goes out plain/.test(words))).toHaveLength(1);
    ada.send(chat, 'Again');
    await telegram.until(() => chat.fromBot().length === 2);
    expect(entity(chat.fromBot()[1] as ChatMessage, 'bold')).toContain('bold');
  });

  it('is not sent plain for any other refusal', async () => {
    const { telegram, ostler, ada, chat, said } = await telegramBot({
      ollama: { answer: () => MARKDOWN },
      config: { telegram: { streaming: 'off' } },
    });
    telegram.fault({
      method: 'sendMessage',
      kind: { status: 400, description: 'Bad Request: SOMETHING_NEW' },
    });
    ada.send(chat, 'Show all');
    const message = await said(chat, () => true);
    expect(message.text).toBe('⚠️ There is an answer, but Telegram refuses to show it.');
    expect(ostler.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

describe('a long answer', () => {
  it('comes in parts of which none is too long and nothing is lost', async () => {
    const { telegram, ada, chat } = await telegramBot({ ollama: { answer: () => numbered(120) } });
    ada.send(chat, 'Tell me all');
    await telegram.until(() => chat.fromBot().some(({ text }) => text.includes('🏠')));
    await telegram.until(() => chat.fromBot().every((message) => buttonsOf(message).length === 0));
    const parts = chat.fromBot();
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.every(({ text }) => text.length <= 4_096)).toBe(true);
    expect(wordsOf(parts)).toEqual(numbered(120).split(/\s+/));
    expect(parts.filter(({ text }) => text.includes('🏠'))).toEqual([parts.at(-1)]);
    const refused = telegram.requests().filter(({ status = 200 }) => status >= 400);
    expect(refused.filter(({ description }) => !/not modified/.test(description ?? ''))).toEqual([]);
  });

  it('rings once: further parts are silent and reply to the first', async () => {
    const { telegram, ada, chat } = await telegramBot({
      ollama: { answer: () => numbered(120) },
      config: { telegram: { streaming: 'off' } },
    });
    ada.send(chat, 'Tell me all');
    await telegram.until(() => chat.fromBot().some(({ text }) => text.includes('🏠')));
    const [first, ...others] = chat.fromBot();
    expect(first).toMatchObject({ silent: false, replyTo: undefined });
    for (const part of others) expect(part).toMatchObject({ silent: true, replyTo: first?.id });
  });

  it('closes a block of code at the end of a part and opens it again with its language', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => `print("this is line ${index} < 300")`);
    const { telegram, ada, chat } = await telegramBot({
      ollama: { answer: () => `Here:\n\n\`\`\`python\n${lines.join('\n')}\n\`\`\`\n\nThat is all.` },
    });
    ada.send(chat, 'Write code');
    await telegram.until(() => chat.fromBot().some(({ text }) => text.includes('🏠')));
    const parts = chat.fromBot();
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) {
      expect(part.entities).toContainEqual(expect.objectContaining({ type: 'pre', language: 'python' }));
    }
    expect(
      parts
        .flatMap((part) => entity(part, 'pre'))
        .join('\n')
        .split('\n'),
    ).toEqual(lines);
    expect(parts.at(-1)?.text).toContain('That is all.');
  });
});

describe('several questions', () => {
  it('of one chat are answered one after the other, in order', async () => {
    const { telegram, ada, chat, asked } = await telegramBot();
    const texts = ['one', 'two', 'three'];
    for (const text of texts) ada.send(chat, text);
    await telegram.until(() => chat.fromBot().filter(({ text }) => text.includes('🏠')).length === 3);
    expect(asked()).toEqual(texts);
    expect(chat.fromBot().map(({ text }) => text.split('\n')[0])).toEqual(
      texts.map((text) => `You said: ${text}`),
    );
  });

  it('of two chats are never mixed', async () => {
    const { telegram, ada, ben, chat } = await telegramBot();
    const other = ben.directChat();
    for (let number = 0; number < 3; number += 1) {
      ada.send(chat, `Ada asks ${number}`);
      ben.send(other, `Ben asks ${number}`);
    }
    const whole = (messages: readonly ChatMessage[]) => messages.filter(({ text }) => text.includes('🏠'));
    await telegram.until(() => whole(chat.fromBot()).length === 3 && whole(other.fromBot()).length === 3);
    expect(chat.fromBot().map(({ text }) => text.slice(0, 20))).toEqual(
      [0, 1, 2].map((number) => `You said: Ada asks ${number}`),
    );
    expect(other.fromBot().map(({ text }) => text.slice(0, 20))).toEqual(
      [0, 1, 2].map((number) => `You said: Ben asks ${number}`),
    );
  });
});
