import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../servers/telegram/message.ts';
import { telegramBot, turnsOf, whole } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const LLAMA = 'llama3:8b-instruct-q4_K_M';

const labels = ({ buttons }: ChatMessage) => buttons.flat().map(({ text }) => text);
/** Without the signs that say whether it is chosen, and in memory. */
const names = (message: ChatMessage) =>
  labels(message).map((label) => label.replace(/^(✓ )?([⚪🔵🟢🟡🔴] )?/u, ''));
const chosen = (message: ChatMessage) => labels(message).filter((label) => label.startsWith('✓'));

async function openMenu(setup: Parameters<typeof telegramBot>[0] = {}) {
  const bot = await hurriedBot(setup);
  bot.ada.send(bot.chat, 'Hello');
  await bot.answer(bot.chat, 'Hello');
  bot.ada.send(bot.chat, '/model');
  const menu = await bot.said(bot.chat, ({ buttons }) => buttons.length > 0);
  await bot.pass(3_000);
  return { ...bot, menu };
}

describe('the menu of commands', () => {
  it('is told to Telegram once: a second start changes nothing', async () => {
    const { telegram, reopen, ada, chat, answer } = await telegramBot();
    ada.send(chat, 'one');
    await answer(chat, 'one');
    expect(ada.commands(chat).map(({ command }) => command)).toEqual([
      'start',
      'help',
      'new',
      'stop',
      'model',
      'stats',
    ]);
    await reopen();
    ada.send(chat, 'two');
    await answer(chat, 'two');
    expect(telegram.requests({ method: 'getMyCommands' })).toHaveLength(2);
    expect(telegram.requests({ method: 'setMyCommands' })).toHaveLength(1);
  });
});

describe('the command', () => {
  it('/start says what this is, and that the models are simulated', async () => {
    const { ada, chat, said, answer } = await telegramBot();
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, '/start');
    const { text } = await said(chat, (message) => message.text.startsWith('I am Ostler'));
    expect(text).toContain('/help lists the commands.');
    expect(text).toContain('simulated');
  });

  it('/help lists the commands and how to ask', async () => {
    const { ada, chat, said } = await telegramBot();
    ada.send(chat, '/help');
    const { text } = await said(chat, () => true);
    for (const command of ['/start', '/help', '/new', '/stop', '/model', '/stats'])
      expect(text).toContain(command);
    expect(text).toContain('Any other message is a question.');
  });

  it('/new begins a conversation that knows nothing of the old one, and stops what runs', async () => {
    const { telegram, ollama, ada, chat, answer } = await telegramBot();
    ada.send(chat, 'one');
    await answer(chat, 'one');
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, 'two');
    await generation.reached;
    ada.send(chat, '/new');
    await telegram.until(() => chat.fromBot().some(({ text }) => text.startsWith('New conversation')));
    await telegram.until(() => chat.fromBot().some(({ text }) => text.includes('⏹ Stopped.')));
    ada.send(chat, 'three');
    await answer(chat, 'three');
    expect(
      turnsOf(ollama)
        .at(-1)
        ?.map(({ content }) => content),
    ).toEqual(['three']);
  });

  it('/stop ends what runs and what waits, and each says so', async () => {
    const { telegram, ollama, ada, chat, asked } = await telegramBot();
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, 'one');
    await generation.reached;
    ada.send(chat, 'two');
    ada.send(chat, '/stop');
    await telegram.until(() => chat.fromBot().filter(({ text }) => text.includes('⏹ Stopped.')).length === 2);
    expect(ollama.running()).toBe(0);
    expect(asked()).toEqual(['one']);
    ada.send(chat, '/stop');
    await telegram.until(() => chat.fromBot().length === 3);
    expect(chat.fromBot()[2]?.text).toBe('Nothing is waiting or running here.');
  });

  it('/stats says what is in memory and what waits', async () => {
    const { telegram, ada, chat, said, answer } = await telegramBot();
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, '/stats');
    const { text } = await said(chat, (message) => message.text.startsWith('Response cache'));
    expect(text).toMatch(/qwen2\.5:7b/);
    expect(text).toContain('Questions: 0 waiting, 0 running.');
    expect(text).toContain('Ollama: ');
    await telegram.until(() => telegram.unconfirmed().length === 0);
  });

  it('that is not known is answered with where to look', async () => {
    const { ada, chat, said } = await telegramBot();
    ada.send(chat, '/wether');
    const { text } = await said(chat, () => true);
    expect(text).toBe('I do not know that command. /help lists those that I know.');
  });

  it('is answered while a question runs', async () => {
    const { telegram, ollama, ada, chat } = await telegramBot();
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, 'one');
    await generation.reached;
    ada.send(chat, '/help');
    await telegram.until(() => chat.fromBot().some(({ text }) => text.includes('/stats')));
    expect(ollama.running()).toBe(1);
    generation.release();
    await telegram.until(() => whole(chat).length === 1);
  });
});

describe('/model', () => {
  it('offers every model and who decides now', async () => {
    const { menu } = await openMenu({ llm: { models: { fast: 'qwen2.5:7b' } } });
    expect(menu.text).toBe('The rules choose the model for each question.');
    expect(names(menu)[0]).toBe('auto · the rules choose');
    expect(names(menu)).toContain('fast · qwen2.5:7b');
    expect(names(menu)).toContain(LLAMA);
    expect(chosen(menu)).toEqual(['✓ auto · the rules choose']);
    for (const { data } of menu.buttons.flat()) expect(Buffer.byteLength(data ?? '')).toBeLessThanOrEqual(64);
  });

  it('with a button chooses for this chat, says so, and goes back to the rules', async () => {
    const { pass, telegram, ollama, ada, chat, menu, answer } = await openMenu();
    const pressed = await ada.press(chat, menu, `⚪ ${LLAMA}`);
    expect(pressed).toMatchObject({ text: `From now on this chat uses ${LLAMA}.`, alert: false });
    await telegram.until(() => chat.message(menu.id)?.text === `From now on this chat uses ${LLAMA}.`);
    ada.send(chat, 'Who are you?');
    expect((await answer(chat, 'Who are you?')).text).toContain(`🏠 ${LLAMA} · chosen for this chat`);
    expect(ollama.residents().map(({ tag }) => tag)).toContain(LLAMA);

    await pass(3_000);
    await ada.press(chat, menu, '✓ auto · the rules choose');
    ada.send(chat, 'And now?');
    expect((await answer(chat, 'And now?')).text).toContain('🏠 qwen2.5:7b · default');
  });

  it('moves the mark to what was chosen', async () => {
    const { telegram, ada, chat, menu, said } = await openMenu();
    await ada.press(chat, menu, `⚪ ${LLAMA}`);
    await telegram.until(() => chat.message(menu.id)?.text.startsWith('From now on') ?? false);
    ada.send(chat, '/model');
    const next = await said(chat, ({ id, text }) => id > menu.id && text.startsWith('This chat uses'));
    expect(next.text).toBe(`This chat uses ${LLAMA}.`);
    expect(chosen(next).map((label) => label.replace(/^✓ \S+ /u, ''))).toEqual([LLAMA]);
  });

  it('with a name chooses for this chat only', async () => {
    const { telegram, ada, ben, chat, answer } = await telegramBot();
    const other = ben.directChat();
    ada.send(chat, `/model ${LLAMA.toUpperCase()}`);
    await telegram.until(() => chat.fromBot().length === 1);
    expect(chat.fromBot()[0]?.text).toBe(`From now on this chat uses ${LLAMA}.`);
    ada.send(chat, 'one');
    ben.send(other, 'two');
    expect((await answer(chat, 'one')).text).toContain(`🏠 ${LLAMA}`);
    expect((await answer(other, 'two')).text).toContain('🏠 qwen2.5:7b · default');
  });

  it('keeps the choice when the bot is started again', async () => {
    const { telegram, reopen, ada, chat, answer } = await telegramBot();
    ada.send(chat, `/model ${LLAMA}`);
    await telegram.until(() => chat.fromBot().length === 1);
    await reopen();
    ada.send(chat, 'one');
    expect((await answer(chat, 'one')).text).toContain(`🏠 ${LLAMA} · chosen for this chat`);
  });

  it('with a name that nobody knows says what may be meant, and how to get it', async () => {
    const { ada, chat, said, answer } = await telegramBot();
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, '/model qwen2.5:8b');
    const { text } = await said(chat, (message) => message.text.startsWith('⚠️'));
    expect(text).toContain('The model qwen2.5:8b is not installed.');
    expect(text).toContain('Did you mean qwen2.5:7b?');
    expect(text).toContain('ollama pull qwen2.5:8b');
  });
});
