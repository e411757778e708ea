import fc from 'fast-check';
import { expect, it } from 'vitest';
import { discordBot } from '../../servers/discord-bot.ts';

const EVENTS = 500;
const NAMES = [
  'MESSAGE_CREATE',
  'MESSAGE_UPDATE',
  'INTERACTION_CREATE',
  'GUILD_CREATE',
  'GUILD_ROLE_CREATE',
  'CHANNEL_CREATE',
  'THREAD_CREATE',
  'THREAD_LIST_SYNC',
  'UNHEARD_OF',
];

it(`${EVENTS} events that are not what they should be change nothing, and none of their words is logged`, async () => {
  const { discord, ostler, ada, guild, channel, chat, answer, asked } = await discordBot();
  const marked = fc.string({ maxLength: 20 }).map((text) => `secret ${text}`);
  const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), marked) as fc.Arbitrary<unknown>;
  const often = (arbitrary: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: anything });
  const message = fc.record({
    id: often(fc.bigInt({ min: 10n ** 17n, max: 10n ** 18n }).map(String)),
    channel_id: often(fc.constantFrom(channel.id, '1', '2')),
    guild_id: often(fc.constant(guild.id)),
    type: fc.constantFrom(0, 19, 7, 18, 21),
    author: often(
      fc.record({ id: fc.constantFrom('77', '78'), username: marked, bot: fc.option(fc.boolean()) }),
    ),
    content: often(marked),
    mentions: anything,
    attachments: anything,
    referenced_message: anything,
    message_snapshots: anything,
    edited_timestamp: anything,
    flags: anything,
    roles: anything,
    threads: anything,
    role: anything,
  });
  const events = fc.tuple(
    fc.constantFrom(...NAMES),
    fc.oneof({ weight: 5, arbitrary: message }, { weight: 1, arbitrary: anything }),
  );
  for (const [name, data] of fc.sample(events, { numRuns: EVENTS, seed: 5 }))
    discord.push(name, data as never);
  ada.send(chat, 'Hello');
  await answer(chat, 'Hello');
  ada.send(channel, `${discord.botMention} and here?`);
  await answer(channel, 'and here?');
  expect(asked()).toHaveLength(2);
  expect(discord.gateway.counts()).toMatchObject({ identifies: 1, resumes: 0 });
  expect(ostler.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(JSON.stringify(ostler.lines)).not.toContain('secret');
});
