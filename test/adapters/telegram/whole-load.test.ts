import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../servers/telegram/message.ts';
import { FIRST_GROUPS } from '../../servers/telegram/world.ts';
import { ADA, buttonsOf, telegramBot } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const SMALL = 'qwen2.5:7b';
const BIG = 'qwen2.5:32b';
/** One model at a time, and the big one answers what begins with "big". */
const ONE_MODEL = {
  cache: { max_models: 1 },
  routing: { default: SMALL, rules: [{ pattern: '^big', model: BIG }] },
};
const ASKS = { ...ONE_MODEL, memory: { confirm_before_unload: true } };

const hasCancel = (message: ChatMessage) => buttonsOf(message).includes('⏹ Cancel');
const isQuestion = ({ text }: ChatMessage) => text.startsWith('❓');

describe('/load', () => {
  it('says what happens in one message, and how it ended', async () => {
    const { telegram, ollama, ada, chat, said, answer } = await telegramBot({ llm: ONE_MODEL });
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, `/load ${BIG}`);
    await load.reached;
    const begun = await said(chat, hasCancel);
    load.release();
    await telegram.until(() => /is loaded/.test(chat.message(begun.id)?.text ?? ''));
    expect(chat.message(begun.id)?.buttons).toEqual([]);
    expect(chat.fromBot()).toHaveLength(2);
    expect(ollama.residents().map(({ tag }) => tag)).toEqual([BIG]);
    ada.send(chat, `/load ${BIG}`);
    await said(chat, ({ text }) => text === `${BIG} was loaded already.`);
  });

  it('is given up by its button, which tells what cannot be undone', async () => {
    const { telegram, ollama, ada, chat, said, answer } = await telegramBot({ llm: ONE_MODEL });
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, `/load ${BIG}`);
    await load.reached;
    const begun = await said(chat, hasCancel);
    await ada.press(chat, begun, '⏹ Cancel');
    await telegram.until(() => chat.message(begun.id)?.text.includes('was stopped') ?? false);
    expect(chat.message(begun.id)).toMatchObject({ buttons: [] });
    expect(chat.message(begun.id)?.text).toContain(`${SMALL} had left the memory by then`);
    await ollama.until(() => ollama.residents().some(({ tag }) => tag === SMALL));
  });

  it('is given up by /stop, too', async () => {
    const { telegram, ollama, ada, chat, said, answer } = await telegramBot({ llm: ONE_MODEL });
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, `/load ${BIG}`);
    await load.reached;
    const begun = await said(chat, hasCancel);
    ada.send(chat, '/stop');
    await telegram.until(() => chat.message(begun.id)?.text.includes('was stopped') ?? false);
    await ollama.until(() => ollama.residents().some(({ tag }) => tag === SMALL));
    expect(chat.fromBot()).toHaveLength(2);
  });

  it('in a group is given up by who ordered it only, and by who decides for all', async () => {
    const { telegram, ollama, ada, ben, chat, said, answer } = await telegramBot({
      llm: ONE_MODEL,
      config: { access: { telegram: { users: [ADA], groups: FIRST_GROUPS }, open_groups: true } },
    });
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    const group = telegram.supergroup({ title: 'All', members: [ada, ben] });
    const load = ollama.hold({ at: 'load' });
    ada.send(group, `/load ${BIG}`);
    await load.reached;
    const begun = await said(group, hasCancel);
    expect(await ben.press(group, begun, '⏹ Cancel')).toMatchObject({
      text: 'Nothing of yours is being loaded here.',
    });
    expect(group.message(begun.id)?.text).not.toContain('stopped');
    await ada.press(group, begun, '⏹ Cancel');
    await telegram.until(() => group.message(begun.id)?.text.includes('was stopped') ?? false);
  });

  it('asks before another model has to go, where that is configured', async () => {
    const { telegram, ollama, ada, chat, said, answer } = await telegramBot({ llm: ASKS });
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, `/load ${BIG}`);
    const question = await said(chat, ({ text }) => text.includes(`will unload ${SMALL}`));
    expect(buttonsOf(question)).toEqual(['Switch', 'Cancel']);
    expect(ollama.residents().map(({ tag }) => tag)).toEqual([SMALL]);
    await ada.press(chat, question, 'Cancel');
    expect(chat.message(question.id)).toMatchObject({ text: 'Everything stays as it is.', buttons: [] });
    ada.send(chat, `/load ${BIG}`);
    const again = await said(chat, ({ text }) => text.includes(`will unload ${SMALL}`));
    await ada.press(chat, again, 'Switch');
    await telegram.until(() => chat.message(again.id)?.text.includes('is loaded') ?? false);
    expect(ollama.residents().map(({ tag }) => tag)).toEqual([BIG]);
  });
});

describe('a question for which another model has to go', () => {
  it('waits until its person agrees, and is answered by its model then', async () => {
    const { ollama, ada, chat, said, answer } = await hurriedBot({ llm: ASKS });
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, 'big thoughts');
    const card = await said(chat, isQuestion);
    expect(card.text).toContain(`and will unload ${SMALL}`);
    expect(buttonsOf(card)).toEqual(['Switch', `Answer with ${SMALL}`, 'Cancel']);
    expect(ollama.residents().map(({ tag }) => tag)).toEqual([SMALL]);
    expect(await ada.press(chat, card, 'Switch')).toMatchObject({ text: 'Switching.' });
    expect((await answer(chat, 'big thoughts')).text).toContain(`🏠 ${BIG}`);
  });

  it('is answered by the model that is in memory where its person wants that', async () => {
    const { ollama, ada, chat, said, answer } = await hurriedBot({ llm: ASKS });
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, 'big thoughts');
    const card = await said(chat, isQuestion);
    await ada.press(chat, card, `Answer with ${SMALL}`);
    expect((await answer(chat, 'big thoughts')).text).toContain(`🏠 ${SMALL}`);
    expect(ollama.residents().map(({ tag }) => tag)).toEqual([SMALL]);
  });

  it('is stopped by Cancel', async () => {
    const { telegram, ollama, ada, chat, said, answer, asked } = await hurriedBot({ llm: ASKS });
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, 'big thoughts');
    const card = await said(chat, isQuestion);
    await ada.press(chat, card, 'Cancel');
    await telegram.until(() => chat.message(card.id)?.text.includes('⏹ Stopped.') ?? false);
    expect([asked(), ollama.residents().map(({ tag }) => tag)]).toEqual([['Hello'], [SMALL]]);
  });

  it('is asked in a message also where answers are drafts', async () => {
    const config = { telegram: { streaming: 'draft' } };
    const { ada, chat, said, answer } = await hurriedBot({ llm: ASKS, config });
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, 'big thoughts');
    const card = await said(chat, isQuestion);
    await ada.press(chat, card, 'Switch');
    await answer(chat, 'big thoughts');
    expect(chat.fromBot().filter(({ text }) => text.startsWith('❓') || text.startsWith('⏳'))).toEqual([]);
  });
});

describe('/pull', () => {
  it('says how far it is in one message, and that the model is there', async () => {
    const access = { telegram: { admins: [ADA] } };
    const { telegram, ollama, ada, chat, said } = await telegramBot({
      config: { access },
      ollama: { catalogue: [{ tag: 'mistral:7b', sizeGb: 4.1 }] },
    });
    ada.send(chat, '/pull mistral:7b');
    const begun = await said(chat, ({ text }) => text.startsWith('Downloading mistral:7b'));
    await telegram.until(() => chat.message(begun.id)?.text === 'mistral:7b is installed.');
    expect(chat.fromBot()).toHaveLength(1);
    ada.send(chat, '/load mistral:7b');
    await said(chat, ({ text }) => text.startsWith('mistral:7b is loaded'));
    expect(ollama.residents().map(({ tag }) => tag)).toContain('mistral:7b');
  });

  it('is stopped by its button', async () => {
    const access = { telegram: { admins: [ADA] } };
    const { telegram, ollama, ada, chat, said } = await telegramBot({
      config: { access },
      ollama: { speed: 1, catalogue: [{ tag: 'mistral:7b', sizeGb: 41 }] },
    });
    const left = ollama.when('abort');
    ada.send(chat, '/pull mistral:7b');
    const begun = await said(chat, hasCancel);
    await ada.press(chat, begun, '⏹ Cancel');
    await left;
    await telegram.until(() => chat.message(begun.id)?.text.includes('was stopped') ?? false);
  });
});
