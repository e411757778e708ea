import { describe, expect, it, vi } from 'vitest';
import { discordBot, labelsOf, withCommands } from '../../servers/discord-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const SMALL = 'qwen2.5:7b';
const BIG = 'qwen2.5:32b';
const ONE_MODEL = {
  cache: { max_models: 1 },
  routing: { default: SMALL, rules: [{ pattern: '^big', model: BIG }] },
};
const ASKS = { ...ONE_MODEL, memory: { confirm_before_unload: true } };
const OPEN = { access: { open_groups: true } };

type Message = Parameters<typeof labelsOf>[0];
const hasCancel = (message: Message) => labelsOf(message).includes('⏹ Cancel');
const isQuestion = ({ text }: Message) => text.startsWith('❓');

describe('/load', () => {
  it('says what happens in one message that all see, and how it ended', async () => {
    const { discord, ollama, ada, chat, channel, said, answer, now } = await withCommands(
      await discordBot({ llm: ONE_MODEL, config: OPEN }),
    );
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    const load = ollama.hold({ at: 'load' });
    ada.slash(channel, 'load', { model: BIG });
    await load.reached;
    const begun = await said(channel, hasCancel);
    expect(begun.visibleTo).toBeUndefined();
    load.release();
    await discord.until(() => now(begun).text.includes('is loaded'));
    expect([now(begun).buttons, channel.fromBot().length]).toEqual([[], 1]);
    expect(ollama.residents().map(({ tag }) => tag)).toEqual([BIG]);
  });

  it('is given up by its button, by who ordered it', async () => {
    const { discord, ollama, ada, ben, chat, channel, said, answer, now } = await withCommands(
      await discordBot({ llm: ONE_MODEL, config: OPEN }),
    );
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    const load = ollama.hold({ at: 'load' });
    ada.slash(channel, 'load', { model: BIG });
    await load.reached;
    const begun = await said(channel, hasCancel);
    ben.press(begun, '⏹ Cancel');
    await said(channel, ({ text }) => text === 'Nothing of yours is being loaded here.', ben);
    ada.press(begun, '⏹ Cancel');
    await discord.until(() => now(begun).text.includes('was stopped'));
    expect(now(begun).text).toContain(`${SMALL}\` had left the memory by then`);
  });

  it('asks before another model has to go, where that is configured', async () => {
    const { discord, ada, chat, said, answer, now } = await withCommands(await discordBot({ llm: ASKS }));
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.slash(chat, 'load', { model: BIG });
    const question = await said(chat, ({ text }) => text.includes(`will unload ${SMALL}`));
    expect(labelsOf(question)).toEqual(['Switch', 'Cancel']);
    ada.press(question, 'Switch');
    await discord.until(() => now(question).text.includes('is loaded'));
  });
});

describe('a question for which another model has to go', () => {
  it('waits until its person agrees; others may not', async () => {
    const { discord, ollama, ada, ben, channel, said, answer } = await hurriedBot({ llm: ASKS });
    ada.send(channel, `${discord.botMention} Hello`);
    await answer(channel, 'Hello');
    ada.send(channel, `${discord.botMention} big thoughts`);
    const card = await said(channel, isQuestion);
    expect(labelsOf(card)).toEqual(['Switch', `Answer with ${SMALL}`, 'Cancel']);
    ben.press(card, 'Switch');
    await said(channel, ({ text }) => text.startsWith('Only who asked'), ben);
    expect(ollama.residents().map(({ tag }) => tag)).toEqual([SMALL]);
    ada.press(card, 'Switch');
    expect((await answer(channel, 'big thoughts')).text).toContain(`🏠 ${BIG}`);
  });

  it('is answered by the model that is in memory where its person wants that', async () => {
    const { ada, chat, said, answer } = await hurriedBot({ llm: ASKS });
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, 'big thoughts');
    const card = await said(chat, isQuestion);
    ada.press(card, `Answer with ${SMALL}`);
    expect((await answer(chat, 'big thoughts')).text).toContain(`🏠 ${SMALL}`);
  });
});

describe('/pull', () => {
  it('says how far it is, and that the model is there', async () => {
    const { discord, ada, guild, chat, said, now, reopen } = await discordBot({
      ollama: { catalogue: [{ tag: 'mistral:7b', sizeGb: 4.1 }] },
    });
    await reopen({ access: { discord: { admins: [ada.id], guilds: [guild.id] } } });
    await discord.until(() => discord.commands().length > 0);
    ada.slash(chat, 'pull', { model: 'mistral:7b' });
    const begun = await said(chat, ({ text }) => text.startsWith('Downloading'));
    await discord.until(() => now(begun).text.includes('is installed'));
  });
});

describe('that somebody types', () => {
  it('is told where the bot has answered, once in a while, and of who is served only', async () => {
    const { discord, ostler, ada, ben, channel, chat, answer } = await discordBot();
    const typing = vi.spyOn(ostler.front, 'typing').mockImplementation(() => {});
    ada.startTyping(chat);
    ada.startTyping(channel);
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(channel, `${discord.botMention} Hello`);
    await answer(channel, 'Hello');
    expect(typing).not.toHaveBeenCalled();
    const eve = discord.person({ name: 'Eve' });
    eve.startTyping(eve.directChat());
    ada.startTyping(chat);
    ada.startTyping(chat);
    ben.startTyping(channel);
    await vi.waitFor(() => expect(typing).toHaveBeenCalledTimes(2));
    expect(typing.mock.calls.map(([address]) => address)).toEqual([
      { platform: 'discord', chat: chat.id },
      { platform: 'discord', chat: channel.id },
    ]);
  });
});
