import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../demo/ollama/models.ts';
import { telegramBot, turnsOf, whole } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const CAT = new Uint8Array([0xff, 0xd8, 0xff, 1, 2, 3, 0xd9]);
const DOG = new Uint8Array([0xff, 0xd8, 0xff, 4, 5, 6, 0xd9]);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const SEEING = { ollama: { models: CATALOGUE } };

/** As an app cuts a paste: at the end of a line, in messages of at most 4,096 characters. */
const LINES = Array.from({ length: 300 }, (_, index) => `Line ${index} of a long text that somebody pasted.`);
function cut(lines: readonly string[]): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const line of lines) {
    if (piece.length + line.length + 1 > 4_096) {
      pieces.push(piece);
      piece = '';
    }
    piece += piece === '' ? line : `\n${line}`;
  }
  return [...pieces, piece];
}

describe('pictures', () => {
  it('with a caption reach a model that can see', async () => {
    const { telegram, ollama, ada, chat } = await telegramBot(SEEING);
    ada.send(chat, 'What is on this?', { photo: CAT });
    await telegram.until(() => whole(chat).length === 1);
    expect(turnsOf(ollama)).toEqual([[{ role: 'user', content: 'What is on this?', images: [base64(CAT)] }]]);
    expect(whole(chat)[0]?.text).toContain('🏠 llava:7b');
  });

  it('without a caption, or sent as a file, do so too', async () => {
    const { telegram, ollama, ada, chat } = await telegramBot(SEEING);
    ada.send(chat, '', { photo: CAT });
    ada.send(chat, 'And this?', { document: { name: 'dog.jpg', mimeType: 'image/jpeg', bytes: DOG } });
    await telegram.until(() => whole(chat).length === 2);
    expect(turnsOf(ollama).map((turns) => turns.at(-1)?.images)).toEqual([[base64(CAT)], [base64(DOG)]]);
  });

  it('that no model can see are refused with what to install', async () => {
    const { ada, chat, said } = await telegramBot();
    ada.send(chat, 'What is on this?', { photo: CAT });
    const { text } = await said(chat, () => true);
    expect(text).toMatch(/^⚠️ None of the installed models can look at pictures\.\n.*ollama pull/);
  });

  it('that Telegram cannot give at the moment are fetched again', async () => {
    const { passUntil, telegram, ollama, ada, chat } = await hurriedBot(SEEING);
    telegram.fault({ method: 'getFile', kind: 'drop-before' });
    telegram.fault({ method: 'file', kind: 'half-answer' });
    ada.send(chat, 'What is on this?', { photo: CAT });
    await passUntil(() => whole(chat).length === 1);
    expect(turnsOf(ollama).at(-1)?.at(-1)?.images).toEqual([base64(CAT)]);
  });

  it('of an album are one question', async () => {
    const { pass, telegram, ollama, ada, chat } = await hurriedBot(SEEING);
    ada.send(chat, 'Which is the cat?', { photo: CAT, mediaGroup: 'album' });
    ada.send(chat, '', { photo: DOG, mediaGroup: 'album' });
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(600);
    await telegram.until(() => whole(chat).length === 1);
    expect(turnsOf(ollama)).toEqual([
      [{ role: 'user', content: 'Which is the cat?', images: [base64(CAT), base64(DOG)] }],
    ]);
    await pass(5_000);
    expect(chat.fromBot()).toHaveLength(1);
  });

  it('of an album are one question also where the bot is started again between them', async () => {
    const { pass, telegram, reopen, ollama, ada, chat } = await hurriedBot(SEEING);
    ada.send(chat, 'Which is the cat?', { photo: CAT, mediaGroup: 'album' });
    await telegram.until(() => telegram.unconfirmed().length === 0);
    const closed = reopen();
    ada.send(chat, '', { photo: DOG, mediaGroup: 'album' });
    await closed;
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(600);
    await telegram.until(() => whole(chat).length === 1);
    expect(turnsOf(ollama)[0]?.[0]?.images).toEqual([base64(CAT), base64(DOG)]);
  });
});

describe('what is no text', () => {
  it.each([
    ['sticker', 'a sticker'],
    ['voice', 'a voice message'],
    ['location', 'a location'],
  ])('(%s) gets one kind sentence in a direct chat', async (field, what) => {
    const { telegram, ada, chat, asked } = await telegramBot();
    ada.send(chat, '', { fields: { [field]: { file_id: 'x' } } });
    await telegram.until(() => telegram.unconfirmed().length === 0 && chat.fromBot().length === 1);
    expect(chat.fromBot().map(({ text }) => text)).toEqual([`I can read text and pictures, not ${what}.`]);
    expect(asked()).toEqual([]);
  });
});

describe('what a question refers to', () => {
  it('is passed on with a forward: whose words they are', async () => {
    const { telegram, ada, ben, chat, asked } = await telegramBot();
    ada.send(chat, 'Tea is better', { forwardFrom: { user: ben.user } });
    ada.send(chat, 'Coffee is better', { forwardFrom: 'Somebody Hidden' });
    await telegram.until(() => whole(chat).length === 2);
    expect(asked()).toEqual([
      'Forwarded from Ben:\n> Tea is better',
      'Forwarded from Somebody Hidden:\n> Coffee is better',
    ]);
  });

  it('is passed on with a reply: the text that was replied to, or what was marked of it', async () => {
    const { telegram, ada, chat, asked } = await telegramBot();
    const first = ada.send(chat, 'Tea and coffee');
    await telegram.until(() => whole(chat).length === 1);
    ada.send(chat, 'Why?', { replyTo: first });
    await telegram.until(() => whole(chat).length === 2);
    ada.send(chat, 'Which?', { replyTo: first, quote: 'coffee' });
    await telegram.until(() => whole(chat).length === 3);
    expect(asked().slice(1)).toEqual([
      'Ada wrote:\n> Tea and coffee\n\nWhy?',
      'Ada wrote:\n> coffee\n\nWhich?',
    ]);
  });
});

describe('a long paste', () => {
  const PIECES = cut(LINES);

  it('that was cut into messages is one question with one answer', async () => {
    const { pass, telegram, ada, chat, asked } = await hurriedBot({ ollama: { answer: () => 'Read.' } });
    expect(PIECES.length).toBeGreaterThan(2);
    for (const piece of PIECES) ada.send(chat, piece);
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(2_100);
    await telegram.until(() => whole(chat).length === 1);
    expect(asked()).toEqual([LINES.join('\n')]);
    await pass(10_000);
    expect(chat.fromBot()).toHaveLength(1);
  });

  it('is one question also where the bot is started again between its messages', async () => {
    const { pass, telegram, reopen, ada, chat, asked } = await hurriedBot({
      ollama: { answer: () => 'Read.' },
    });
    const [first = '', ...others] = PIECES;
    ada.send(chat, first);
    await telegram.until(() => telegram.unconfirmed().length === 0);
    const closed = reopen();
    for (const piece of others) ada.send(chat, piece);
    await closed;
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(2_100);
    await telegram.until(() => whole(chat).length === 1);
    expect(asked()).toEqual([LINES.join('\n')]);
  });

  it('of one message is answered without its end', async () => {
    const { pass, telegram, ada, chat, asked } = await hurriedBot({ ollama: { answer: () => 'Read.' } });
    ada.send(chat, PIECES[0] ?? '');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(asked()).toEqual([]);
    await pass(2_100);
    await telegram.until(() => whole(chat).length === 1);
    expect(asked()).toEqual([PIECES[0]]);
  });
});

describe('short messages', () => {
  it('in a row are questions of their own', async () => {
    const { telegram, ollama, ada, chat, asked } = await telegramBot();
    const generation = ollama.hold({ at: 'generation' });
    for (const text of ['one', 'two', 'three']) ada.send(chat, text);
    await generation.reached;
    generation.release();
    await telegram.until(() => whole(chat).length === 3);
    expect(asked()).toEqual(['one', 'two', 'three']);
  });
});
