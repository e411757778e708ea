import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/chat/commands.ts';
import { discordBot, labelsOf, withCommands } from '../../servers/discord-bot.ts';

const PAYLOADS = 1_000;
const snowflake = fc.bigInt({ min: 10n ** 16n, max: 10n ** 19n }).map(String);
const anything = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>;
const words = fc.string({ maxLength: 40, unit: 'grapheme' });

/** What somebody may send who knows the protocol, with holes and nonsense in it. */
function interactions(
  job: string,
  place: { readonly guild: string; readonly channel: string; readonly message: string },
) {
  const names = ['ask', 'Ask Ostler about this', ...COMMANDS.map(({ name }) => name)];
  const presses = [
    `s:${job}`,
    `a:${job}`,
    `w:${job}`,
    `e:${job}`,
    `o:${job}:0123456789ab`,
    'c:model:0123456789ab',
  ];
  const often = (arbitrary: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 19, arbitrary }, { weight: 1, arbitrary: anything });
  const person = fc.record({ id: snowflake, username: words, global_name: fc.option(words) });
  const member = fc.record({
    user: person,
    roles: fc.array(snowflake, { maxLength: 3 }),
    permissions: fc.constantFrom('0', '8', '1125899906842623', 'x'),
    nick: fc.option(words),
  });
  const option = fc.record({
    name: fc.constantFrom('name', 'question', 'model', 'image', 'private', 'code', 'id'),
    value: fc.oneof(words, fc.constant('qwen2.5:7b'), fc.boolean(), anything),
    focused: fc.boolean(),
  });
  const data = fc.record({
    name: fc.oneof(fc.constantFrom(...names), words),
    type: fc.constantFrom(1, 2, 3),
    options: fc.array(option, { maxLength: 3 }),
    custom_id: fc.oneof(fc.constantFrom(...presses, 'about:1'), words),
    values: fc.option(fc.array(fc.constantFrom(...presses), { maxLength: 2 })),
    target_id: snowflake,
    components: anything,
    resolved: anything,
  });
  return fc.record({
    id: often(snowflake),
    application_id: often(snowflake),
    type: fc.constantFrom(1, 2, 3, 4, 5, 6),
    token: often(fc.constant('token-of-nobody')),
    guild_id: fc.option(fc.constant(place.guild), { nil: undefined }),
    channel_id: fc.constant(place.channel),
    channel: often(fc.constant({ id: place.channel, type: 0 })),
    member: often(member),
    user: often(person),
    message: often(fc.constant({ id: place.message, flags: 0 })),
    data: often(data),
  });
}

describe('strangers', () => {
  it(`who send ${PAYLOADS} interactions of all kinds change nothing`, async () => {
    const bot = await withCommands(await discordBot({ config: { access: { discord: {} } } }));
    await bot.reopen({ access: { discord: { users: [bot.ada.id] } } });
    const { discord, ollama, ada, guild, channel, chat, said, answer, asked } = bot;
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, 'A question that is long enough to be seen growing');
    await generation.reached;
    const growing = await said(chat, (message) => labelsOf(message).includes('⏹ Stop'));
    const job = growing.buttons[0]?.[0]?.customId?.slice(2) ?? '';
    const place = { guild: guild.id, channel: channel.id, message: growing.id };
    for (const payload of fc.sample(interactions(job, place), { numRuns: PAYLOADS, seed: 11 }))
      discord.push('INTERACTION_CREATE', payload as never);
    generation.release();
    await answer(chat, 'A question that is long enough to be seen growing');
    const quiet = () => discord.requests().every(({ endedAtMs }) => endedAtMs !== undefined);
    await discord.until(quiet, 60_000);
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    const route = '/interactions/:interaction/:token/callback';
    await discord.until(() => discord.requests({ route }).length > PAYLOADS / 4, 60_000);
    await discord.until(quiet, 60_000);
    expect(asked()).toHaveLength(2);
    expect(await bot.ostler.front.chosen({ platform: 'discord', chat: channel.id })).toBeNull();
    expect(bot.ostler.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(channel.fromBot()).toEqual([]);
  }, 120_000);

  it('who use everything that the bot offers in a server are refused, each to themselves', async () => {
    const bot = await withCommands(await discordBot());
    const { discord, ollama, ada, guild, channel, said, answer, asked } = bot;
    const riders = guild.role('riders', { members: [ada] });
    await bot.reopen({ access: { discord: { guilds: [guild.id], roles: [riders.id] } } });
    const eve = discord.person({ name: 'Eve' });
    guild.joins(eve);
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(channel, `${discord.botMention} A question that is long enough to be seen growing`);
    await generation.reached;
    const growing = await said(channel, (message) => labelsOf(message).includes('⏹ Stop'));
    for (const { name } of COMMANDS) eve.slash(channel, name);
    eve.slash(channel, 'ask', { question: 'Hello' });
    eve.slash(channel, 'ask', { question: 'Hello', private: true });
    eve.messageCommand(growing, 'Ask Ostler about this');
    eve.press(growing, '⏹ Stop');
    eve.send(channel, `${discord.botMention} Hello`);
    expect(await eve.autocomplete(channel, 'model', { name: '' })).toEqual([]);
    const refusals = () => eve.sees(channel).filter(({ text }) => text === 'You are not served here.');
    await discord.until(() => refusals().length === COMMANDS.length + 4);
    expect(refusals().every(({ visibleTo }) => visibleTo === eve.id)).toBe(true);
    generation.release();
    const answered = await answer(channel, 'A question that is long enough to be seen growing');
    expect(answered.id).toBe(growing.id);
    expect(asked()).toHaveLength(1);
    expect(channel.fromBot()).toHaveLength(1);
  });
});
