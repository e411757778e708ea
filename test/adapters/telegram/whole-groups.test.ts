import { describe, expect, it } from 'vitest';
import type { Chat } from '../../servers/telegram/chat.ts';
import { buttonsOf, telegramBot, turnsOf, whole } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const LLAMA = 'llama3:8b-instruct-q4_K_M';

/** A group of Ada, who is its owner, and Ben. */
async function groupOfTwo(setup: Parameters<typeof telegramBot>[0] = {}) {
  const bot = await hurriedBot(setup);
  const group = bot.telegram.supergroup({ title: 'All', admins: [bot.ada], members: [bot.ben] });
  const settled = () => bot.telegram.until(() => bot.telegram.unconfirmed().length === 0);
  const answered = (count: number) => bot.passUntil(() => whole(group).length === count);
  return Object.assign(bot, { group, settled, answered });
}

const texts = (chat: Chat) => chat.fromBot().map(({ text }) => text);

describe('in a group', () => {
  it('only what mentions the bot, replies to it or is a command is taken', async () => {
    const { ada, ben, group, settled, answered, asked } = await groupOfTwo();
    const chatter = ada.send(group, 'Shall we ask somebody?');
    ben.send(group, 'Why not', { replyTo: chatter });
    ben.send(group, 'Ask @somebody_else, or ostler_bot');
    ada.send(group, '@ostler_bot Who are you?');
    await answered(1);
    ben.send(group, 'And why?', { replyTo: whole(group)[0] ?? chatter });
    await answered(2);
    await settled();
    expect(asked()).toHaveLength(2);
    expect(asked()[0]).toBe('Ada: Who are you?');
    expect(asked()[1]).toMatch(/^You wrote:\n> You said: Ada: Who are you\?\n(>.*\n)+\nBen: And why\?$/);
  });

  it.each([
    ['@ostler_bot what is up?', 'what is up?'],
    ['Hello @OSTLER_BOT, what is up?', 'Hello what is up?'],
    ['What is up, @ostler_bot?', 'What is up?'],
  ])('the mention is cut out of “%s”', async (text, rest) => {
    const { ada, group, answered, asked } = await groupOfTwo();
    ada.send(group, text);
    await answered(1);
    expect(asked()).toEqual([`Ada: ${rest}`]);
  });

  it('the answer replies to the question', async () => {
    const { ada, ben, group, answered } = await groupOfTwo();
    const questions = [ada.send(group, '@ostler_bot one'), ben.send(group, '@ostler_bot two')];
    await answered(2);
    expect(group.fromBot().map(({ replyTo }) => replyTo)).toEqual(questions.map(({ id }) => id));
  });

  it('the answer comes also where the question was deleted meanwhile', async () => {
    const { ollama, ada, group, answered } = await groupOfTwo();
    const generation = ollama.hold({ at: 'generation' });
    const question = ada.send(group, '@ostler_bot one');
    await generation.reached;
    ada.delete(question);
    generation.release();
    await answered(1);
    expect(group.fromBot()[0]?.replyTo).toBeUndefined();
  });

  it('a mention alone is told that there is no question in it', async () => {
    const { ada, group, said, asked } = await groupOfTwo();
    const mention = ada.send(group, '@ostler_bot');
    expect(await said(group, () => true)).toMatchObject({
      text: '⚠️ There is no question in that.\nWrite some text.',
      replyTo: mention.id,
    });
    expect(asked()).toEqual([]);
  });

  it('the model can tell people apart', async () => {
    const { ollama, ada, ben, group, answered } = await groupOfTwo();
    ada.send(group, '@ostler_bot I like tea');
    await answered(1);
    ben.send(group, '@ostler_bot I like coffee');
    await answered(2);
    expect(turnsOf(ollama)[1]?.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'user: Ada: I like tea',
      'assistant: You said: Ada: I like tea',
      'user: Ben: I like coffee',
    ]);
  });

  it('a command for another bot is left alone, one for this bot is not', async () => {
    const { telegram, ada, group, settled } = await groupOfTwo();
    ada.send(group, '/help@another_bot');
    ada.send(group, '/weather');
    await settled();
    ada.send(group, '/help@ostler_bot');
    await telegram.until(() => group.fromBot().length > 0);
    await settled();
    expect(texts(group)).toEqual([expect.stringContaining('/stats')]);
  });

  it('a picture without a word for the bot, and a sticker, are left alone', async () => {
    const { ada, group, settled, answered, asked } = await groupOfTwo();
    ada.send(group, 'Look', { photo: new Uint8Array([1]) });
    ada.send(group, '', { fields: { sticker: { file_id: 'x', type: 'regular' } } });
    ada.send(group, '@ostler_bot Hello');
    await answered(1);
    const sticker = { fields: { sticker: { file_id: 'x', type: 'regular' } }, replyTo: whole(group)[0] };
    ada.send(group, '', sticker as object);
    await settled();
    ada.send(group, '@ostler_bot Bye');
    await answered(2);
    expect(asked()).toEqual(['Ada: Hello', 'Ada: Bye']);
    expect(group.fromBot()).toHaveLength(2);
  });
});

describe('commands in a group', () => {
  const ADMINS_ONLY = 'Only the admins of this chat may do that.';

  it('/new and /model with a name are for its admins', async () => {
    const { passUntil, ollama, ada, ben, group, answered } = await groupOfTwo();
    const said = (count: number) => passUntil(() => group.fromBot().length === count);
    ada.send(group, '@ostler_bot one');
    await answered(1);
    ben.send(group, '/new');
    await said(2);
    ben.send(group, `/model ${LLAMA}`);
    await said(3);
    expect(texts(group).slice(1)).toEqual([ADMINS_ONLY, ADMINS_ONLY]);
    ben.send(group, '@ostler_bot two');
    await answered(2);
    expect(turnsOf(ollama)[1]).toHaveLength(3);

    ada.send(group, '/new');
    await said(5);
    ada.send(group, `/model ${LLAMA}`);
    await said(6);
    expect(texts(group).slice(4)).toEqual([
      'New conversation: the models are told nothing of what was said before.',
      expect.stringContaining(`From now on this chat uses ${LLAMA}.`),
    ]);
    ben.send(group, '@ostler_bot three');
    await answered(3);
    expect(turnsOf(ollama)[2]).toHaveLength(1);
    expect(whole(group)[2]?.text).toContain(`🏠 ${LLAMA} · chosen for this chat`);
  });

  it('/model shows everybody which one it is, and offers others to admins only', async () => {
    const { telegram, ada, ben, group } = await groupOfTwo();
    ben.send(group, '/model');
    await telegram.until(() => group.fromBot().length === 1);
    ada.send(group, '/model');
    await telegram.until(() => group.fromBot().length === 2);
    const [forBen, forAda] = group.fromBot();
    expect(forBen).toMatchObject({ text: 'The rules choose the model for each question.', buttons: [] });
    expect(forAda?.buttons.flat()[0]?.text).toBe('✓ auto · the rules choose');
  });

  it("a button of an admin's choice does nothing for others", async () => {
    const { telegram, ada, ben, group } = await groupOfTwo();
    ada.send(group, '/model');
    await telegram.until(() => group.fromBot().length === 1);
    const [message] = group.fromBot();
    if (!message) throw new Error('It was there.');
    expect(await ben.press(group, message, `⚪ ${LLAMA}`)).toMatchObject({ text: ADMINS_ONLY });
    expect(await ada.press(group, message, `⚪ ${LLAMA}`)).toMatchObject({
      text: expect.stringContaining(`From now on this chat uses ${LLAMA}.`),
    });
  });

  it("/stop ends only the asker's questions, and an admin's ends all", async () => {
    const { passUntil, telegram, ollama, ada, ben, group, settled, asked } = await groupOfTwo();
    const generation = ollama.hold({ at: 'generation' });
    ada.send(group, '@ostler_bot one');
    await generation.reached;
    ben.send(group, '@ostler_bot two');
    ada.send(group, '@ostler_bot three');
    ben.send(group, '/stop');
    const stopped = () => group.fromBot().filter(({ text }) => text.includes('⏹ Stopped.'));
    await telegram.until(() => stopped().length === 1);
    expect(ollama.running()).toBe(1);
    ben.send(group, '/stop');
    await telegram.until(() => texts(group).includes('None of your questions is waiting or running here.'));
    ben.send(group, '@ostler_bot four');
    await settled();
    ada.send(group, '/stop');
    await passUntil(() => stopped().length === 4);
    expect(ollama.running()).toBe(0);
    expect(asked()).toEqual(['Ada: one']);
  });

  it('the button Stop is for who asked, and for admins', async () => {
    const { telegram, ollama, ada, ben, group, said } = await groupOfTwo();
    const generation = ollama.hold({ at: 'generation', afterTokens: 10 });
    ada.send(group, '@ostler_bot A question that is long enough to be seen growing');
    await generation.reached;
    const growing = await said(group, (message) => buttonsOf(message).includes('⏹ Stop'));
    expect(await ben.press(group, growing, '⏹ Stop')).toMatchObject({
      text: 'Only who asked, or an admin, can stop that.',
    });
    expect(ollama.running()).toBe(1);
    expect(await ada.press(group, growing, '⏹ Stop')).toMatchObject({ text: 'Stopped.' });
    await telegram.until(() => group.fromBot()[0]?.text.includes('⏹ Stopped.') ?? false);
  });
});

describe('in a forum', () => {
  it('each topic is a conversation of its own', async () => {
    const { passUntil, telegram, ollama, ada } = await hurriedBot();
    const forum = telegram.forum({ title: 'All', members: [ada] });
    const topics = [telegram.openTopic(forum, 'Tea'), telegram.openTopic(forum, 'Coffee')];
    for (const thread of topics) ada.send(forum, '@ostler_bot one', { thread });
    ada.send(forum, '@ostler_bot one');
    await passUntil(() => whole(forum).length === 3);
    for (const thread of topics) ada.send(forum, '@ostler_bot two', { thread });
    ada.send(forum, '@ostler_bot two');
    await passUntil(() => whole(forum).length === 6);
    expect(turnsOf(ollama).map(({ length }) => length)).toEqual([1, 1, 1, 3, 3, 3]);
    for (const thread of [...topics, undefined]) {
      expect(whole(forum).filter((message) => message.thread === thread)).toHaveLength(2);
    }
  });

  it('General is named to typing, and to nothing else', async () => {
    const { telegram, ada } = await telegramBot();
    const forum = telegram.forum({ title: 'All', members: [ada] });
    ada.send(forum, '@ostler_bot one');
    await telegram.until(() => whole(forum).length === 1);
    const threads = (method: string) =>
      telegram.requests({ method, chat: forum.id }).map(({ parameters }) => parameters.message_thread_id);
    expect(threads('sendChatAction')).toEqual([1]);
    expect(threads('sendMessage')).toEqual([undefined]);
    const topic = telegram.openTopic(forum, 'Tea');
    ada.send(forum, '@ostler_bot two', { thread: topic });
    await telegram.until(() => whole(forum).length === 2);
    expect(threads('sendChatAction')).toEqual([1, topic]);
    expect(threads('sendMessage')).toEqual([undefined, topic]);
  });
});
