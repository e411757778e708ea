import { describe, expect, it } from 'vitest';
import { commandsFor } from '../../../src/chat/commands.ts';
import type { ChatMessage } from '../../servers/telegram/message.ts';
import { isAnswer, telegramBot, turnsOf, whole } from '../../servers/telegram-bot.ts';
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
    expect(ada.commands(chat).map(({ command }) => command)).toEqual(
      commandsFor('user').map(({ name }) => name),
    );
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
    const now = `From now on this chat uses ${LLAMA}.`;
    expect(pressed).toMatchObject({ text: expect.stringContaining(now), alert: false });
    await telegram.until(() => chat.message(menu.id)?.text.startsWith(now) ?? false);
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
    expect(chat.fromBot()[0]?.text).toContain(`From now on this chat uses ${LLAMA}.`);
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

describe('/models', () => {
  it('tells which models are in memory, and for how long', async () => {
    const { ada, chat, said, answer } = await telegramBot();
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, '/models');
    const { text } = await said(chat, (message) => message.text.includes('Models'));
    expect(text).toMatch(/🟢 qwen2\.5:7b · [\d.]+ GB · (ready( · \d+ min left)?|in use)/);
    expect(text).toContain(`⚪ ${LLAMA}`);
  });

  it('Ollama’s own time is told', async () => {
    const { telegram, ostler, ada, chat, answer } = await telegramBot();
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    const expiresAt = () =>
      ostler.front.status().models.find(({ tag }) => tag === 'qwen2.5:7b')?.expiresAt ?? 0;
    await telegram.until(() => expiresAt() !== 0);
    const minutes = (expiresAt() - ostler.front.now()) / 60_000;
    expect(minutes).toBeGreaterThan(25);
    expect(minutes).toBeLessThan(35);
    expect(ostler.front.status().models.find(({ tag }) => tag === LLAMA)).not.toHaveProperty('expiresAt');
  });
});

describe('/why and /route', () => {
  const llm = {
    models: { fast: 'qwen2.5:7b', llama: LLAMA },
    routing: { default: 'fast', rules: [{ pattern: 'co*de', model: 'llama' }] },
  };

  it('name the rule and the model, after the answer and before it', async () => {
    const { ada, chat, said, answer, asked } = await telegramBot({ llm });
    ada.send(chat, '/why');
    await said(chat, ({ text }) => text === 'Nothing was answered here yet.');
    ada.send(chat, 'Show me code');
    await answer(chat, 'Show me code');
    ada.send(chat, '/why');
    const why = await said(chat, ({ text }) => text.includes('gave the last answer'));
    expect(why.text).toContain(`${LLAMA} gave the last answer (simulated): matched the rule co*de.`);
    expect(why.text).toMatch(/It waited .+ and took .+ in all/);
    ada.send(chat, '/route More code, please');
    const route = await said(chat, ({ text }) => text.includes('would answer'));
    expect(route.text).toBe(`${LLAMA} would answer: the rule co*de matches.`);
    expect(asked()).toEqual(['Show me code']);
  });

  it('go by what the chat has chosen, and by what is installed', async () => {
    const { ollama, ada, chat, said } = await telegramBot({ llm });
    ada.send(chat, '/model fast');
    await said(chat, ({ text }) => text.startsWith('From now on'));
    ada.send(chat, '/route code');
    await said(chat, ({ text }) => text === 'qwen2.5:7b would answer: this chat chose fast.');
    ollama.deleteModel('qwen2.5:7b');
    ollama.deleteModel(LLAMA);
    ada.send(chat, 'Hello');
    await said(chat, ({ text }) => text.includes('is not installed'));
    ada.send(chat, '/route code');
    const told = await said(chat, ({ text }) => text.startsWith('⚠️ The model'));
    expect(told.text).toContain('ollama pull qwen2.5:7b');
  });

  it('say so where no model is installed', async () => {
    const { telegram, ollama, ostler, ada, chat, said } = await telegramBot({
      llm: { routing: { default: null } },
    });
    const installed = () => ostler.front.status().models;
    await telegram.until(() => installed().length > 0);
    for (const { tag } of installed()) ollama.deleteModel(tag);
    ada.send(chat, 'Hello');
    await said(chat, ({ text }) => text.includes('No model is installed on Ollama.'));
    ada.send(chat, '/route Hello');
    await said(chat, ({ text }) => text.startsWith('⚠️ No model is installed on Ollama.'));
  });
});

describe('/retry', () => {
  it('asks once more, of another model if one is named, and that once only', async () => {
    const { telegram, ada, chat, answer, asked } = await telegramBot();
    ada.send(chat, 'one');
    await answer(chat, 'one');
    ada.send(chat, `/retry ${LLAMA.toUpperCase()}`);
    await telegram.until(() => whole(chat).length === 2);
    expect(whole(chat)[1]?.text).toContain(`🏠 ${LLAMA} · asked for this question`);
    ada.send(chat, '/retry');
    await telegram.until(() => whole(chat).length === 3);
    expect(whole(chat)[2]?.text).toContain('🏠 qwen2.5:7b · default');
    expect(asked()).toEqual(['one', 'one', 'one']);
  });

  it('asks a question that was stopped, and refuses models that nobody knows', async () => {
    const { telegram, ollama, ada, chat, said, answer } = await telegramBot();
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, 'one');
    await generation.reached;
    ada.send(chat, '/retry');
    await said(chat, ({ text }) => text.startsWith('The last question here has not ended yet.'));
    ada.send(chat, '/stop');
    await telegram.until(() => chat.fromBot().some(({ text }) => text.includes('⏹ Stopped.')));
    ada.send(chat, '/retry qwen2.5:8b');
    const refused = await said(chat, ({ text }) => text.startsWith('⚠️'));
    expect(refused.text).toContain('Did you mean qwen2.5:7b?');
    ada.send(chat, '/retry');
    await answer(chat, 'one');
  });
});

describe('/system', () => {
  const system = (turns: ReturnType<typeof turnsOf>[number] | undefined) =>
    turns?.filter(({ role }) => role === 'system').map(({ content }) => content);

  it('is told to the models of this chat instead of the configuration’s, also after a restart', async () => {
    const { ollama, reopen, ada, ben, chat, said, answer } = await telegramBot({
      llm: { system_prompt: 'Be kind.' },
    });
    ada.send(chat, '/system Answer\nin *rhymes*.');
    await said(chat, ({ text }) => text.startsWith('From now on this chat uses its own system prompt.'));
    await reopen();
    ada.send(chat, 'one');
    await answer(chat, 'one');
    expect(system(turnsOf(ollama).at(-1))).toEqual(['Answer\nin *rhymes*.']);
    ada.send(chat, '/system');
    const shown = await said(chat, ({ text }) => text.startsWith('This chat uses its own'));
    expect(shown.text).toContain('Answer\nin *rhymes*.');
    const other = ben.directChat();
    ben.send(other, 'two');
    await answer(other, 'two');
    expect(system(turnsOf(ollama).at(-1))).toEqual(['Be kind.']);
    ada.send(chat, '/system reset');
    await said(chat, ({ text }) => text.includes('of the configuration.'));
    ada.send(chat, 'three');
    await answer(chat, 'three');
    expect(system(turnsOf(ollama).at(-1))).toEqual(['Be kind.']);
  });

  it('and the chosen model leave each other alone', async () => {
    const { ollama, ada, chat, said, answer } = await telegramBot();
    ada.send(chat, `/model ${LLAMA}`);
    await said(chat, ({ text }) => text.startsWith('From now on this chat uses llama3'));
    ada.send(chat, '/system Be brief.');
    await said(chat, ({ text }) => text.startsWith('From now on this chat uses its own'));
    ada.send(chat, 'one');
    expect((await answer(chat, 'one')).text).toContain(`🏠 ${LLAMA} · chosen for this chat`);
    expect(system(turnsOf(ollama).at(-1))).toEqual(['Be brief.']);
  });
});

describe('/forget', () => {
  it('removes what was said, and a question that Telegram brings again is not answered again', async () => {
    const { telegram, reopen, ada, chat, said, answer, asked } = await telegramBot();
    const updates: unknown[] = [];
    const off = telegram.on((event) => {
      if (event.type === 'update') updates.push(event.update);
    });
    ada.send(chat, 'one');
    await answer(chat, 'one');
    ada.send(chat, '/forget');
    await said(chat, ({ text }) => text.startsWith('Forgotten: '));
    await telegram.until(() => telegram.unconfirmed().length === 0);
    const ostler = await reopen();
    const address = { platform: 'telegram', chat: String(ada.id) };
    expect(await ostler.front.last(address)).toBeUndefined();
    // The question and the command, under their own numbers.
    expect(updates).toHaveLength(2);
    off();
    for (const update of updates) telegram.push(update);
    ada.send(chat, 'two');
    await answer(chat, 'two');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(asked()).toEqual(['one', 'two']);
    expect(chat.fromBot().filter((message) => isAnswer(message, 'one'))).toHaveLength(1);
    expect(chat.fromBot().filter(({ text }) => text.startsWith('Forgotten: '))).toHaveLength(1);
    ada.send(chat, '/why');
    await said(chat, ({ text }) => text.includes('gave the last answer'));
  });

  it('takes nothing away while an answer is on its way', async () => {
    const { passUntil, telegram, ollama, ada, chat, ostler, asked } = await hurriedBot();
    const address = { platform: 'telegram', chat: String(ada.id) };
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, 'one');
    await generation.reached;
    await telegram.goAway();
    let failed: unknown;
    const forgotten = ostler.front.forget(address, 'first').catch((error: unknown) => {
      failed = error;
    });
    await passUntil(() => failed !== undefined);
    await forgotten;
    expect(failed).toMatchObject({ code: 'busy' });
    expect(await ostler.front.last(address)).toMatchObject({ outcome: { kind: 'cancelled' } });
    await telegram.comeBack();
    await passUntil(() => chat.fromBot().some(({ text }) => text.includes('⏹ Stopped.')));
    let done = false;
    const second = ostler.front.forget(address, 'second').then(() => {
      done = true;
    });
    await passUntil(() => done);
    await second;
    expect(await ostler.front.last(address)).toBeUndefined();
    expect(asked()).toEqual(['one']);
  });
});
