import { MessageFlags, MessageType, Routes } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { openClient, openDiscord, refusal } from './open-discord.ts';
import { button, row, times } from './parts.ts';

/** Where a form's errors are, with their codes. */
function codesIn(errors: unknown, path = ''): readonly string[] {
  if (typeof errors !== 'object' || errors === null) return [];
  return Object.entries(errors).flatMap(([name, value]) =>
    name === '_errors'
      ? (value as readonly { code: string }[]).map(({ code }) => `${path} ${code}`)
      : codesIn(value, path === '' ? name : `${path}.${name}`),
  );
}

describe('sending', () => {
  test('shows the message with all that was sent along', async () => {
    const { discord, ada, channel } = await openDiscord();
    const client = await openClient(discord);
    const question = ada.send(channel, `${discord.botMention} hello`);
    const target = await client.channels.fetch(channel.id);
    if (!target?.isSendable()) throw new Error('not sendable');
    const sent = await target.send({
      content: 'Good day',
      embeds: [{ description: 'An embed' }],
      components: [row(button('s:1')) as never],
      files: [{ attachment: Buffer.from('abc'), name: 'a.txt' }],
      reply: { messageReference: question.id },
      flags: MessageFlags.SuppressNotifications,
    });
    expect(sent).toMatchObject({ type: MessageType.Reply, content: 'Good day' });
    expect(sent.reference?.messageId).toBe(question.id);
    expect(channel.fromBot()).toMatchObject([
      {
        text: 'Good day',
        embeds: [{ description: 'An embed' }],
        buttons: [[{ label: 'Stop', customId: 's:1' }]],
        attachments: [{ name: 'a.txt', bytes: new Uint8Array(Buffer.from('abc')) }],
        replyTo: question.id,
        silent: true,
        pings: [],
        editedTimes: 0,
      },
    ]);
  });

  test.each([
    [{ content: 'x'.repeat(2001) }, 'content BASE_TYPE_MAX_LENGTH'],
    [{ embeds: [{ description: 'x'.repeat(4097) }] }, 'embeds.0.description BASE_TYPE_MAX_LENGTH'],
    [
      { embeds: [{ description: 'x'.repeat(4000) }, { description: 'x'.repeat(2001) }] },
      'embeds MAX_EMBED_SIZE_EXCEEDED',
    ],
    [{ components: times(6, (place) => row(button(`${place}`))) }, 'components BASE_TYPE_MAX_LENGTH'],
    [
      { components: [row(...times(6, (place) => button(`${place}`)))] },
      'components.0.components BASE_TYPE_MAX_LENGTH',
    ],
    [
      { components: [row(button('x'.repeat(101)))] },
      'components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH',
    ],
    [
      { components: [row(button('a'), button('a'))] },
      'components.0.components.1.custom_id COMPONENT_CUSTOM_ID_DUPLICATED',
    ],
    [{ components: [row(button('a', ''))] }, 'components.0.components.0 BUTTON_COMPONENT_INVALID_LABEL'],
    [{ nonce: 'x'.repeat(26) }, 'nonce NONCE_TYPE_TOO_LONG'],
    [
      { allowed_mentions: { parse: ['users'], users: ['1'] } },
      'allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
    ],
    [{ message_reference: { message_id: '1' } }, 'message_reference REPLIES_UNKNOWN_MESSAGE'],
  ])('%j is refused', async (more, where) => {
    const { rest, channel } = await openDiscord();
    const body = { content: 'x', ...more };
    const { status, code, errors } = await refusal(rest.post(Routes.channelMessages(channel.id), { body }));
    expect({ status, code }).toEqual({ status: 400, code: 50_035 });
    expect(codesIn(errors)).toEqual([where]);
    expect(channel.messages()).toEqual([]);
  });

  test('what is as long as it may be is taken, and nothing at all is not', async () => {
    const { rest, channel } = await openDiscord();
    const components = times(5, (line) => row(...times(5, (place) => button(`${line}-${place}`))));
    const embeds = [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(1904) }];
    const body = { content: '🙂'.repeat(2000), embeds, components };
    await rest.post(Routes.channelMessages(channel.id), { body });
    expect(channel.messages()[0]?.buttons.flat()).toHaveLength(25);
    const empty = rest.post(Routes.channelMessages(channel.id), { body: { content: ' ' } });
    expect(await refusal(empty)).toMatchObject({ status: 400, code: 50_006 });
  });

  test('the same nonce sends nothing twice within minutes, where that is asked for', async () => {
    let nowMs = 0;
    const { rest, channel } = await openDiscord({ now: () => nowMs });
    const send = (more: object) =>
      rest.post(Routes.channelMessages(channel.id), {
        body: { content: 'x', nonce: 'n', ...more },
      }) as Promise<{
        id: string;
      }>;
    const first = await send({ enforce_nonce: true });
    expect((await send({ enforce_nonce: true, content: 'y' })).id).toBe(first.id);
    expect((await send({})).id).not.toBe(first.id);
    await rest.delete(Routes.channelMessage(channel.id, first.id));
    expect(await refusal(send({ enforce_nonce: true }))).toMatchObject({ status: 404, code: 10_008 });
    nowMs += 10 * 60_000;
    expect((await send({ enforce_nonce: true })).id).not.toBe(first.id);
    expect(channel.messages()).toHaveLength(2);
  });

  test('a nonce is told when a message is made, and never again', async () => {
    const { rest, channel } = await openDiscord();
    const body = { content: 'x', nonce: 'n' };
    const sent = (await rest.post(Routes.channelMessages(channel.id), { body })) as { id: string };
    expect(sent).toMatchObject({ nonce: 'n' });
    expect(channel.messages()).toMatchObject([{ nonce: 'n' }]);
    expect(await rest.get(Routes.channelMessage(channel.id, sent.id))).not.toHaveProperty('nonce');
  });

  test('embeds are hidden where that is asked for, and come back', async () => {
    const { rest, channel } = await openDiscord();
    const body = { embeds: [{ title: 'x' }], flags: MessageFlags.SuppressEmbeds };
    const sent = await rest.post(Routes.channelMessages(channel.id), { body });
    expect(sent).toMatchObject({ embeds: [], flags: MessageFlags.SuppressEmbeds });
    const { id } = sent as { id: string };
    const edited = await rest.patch(Routes.channelMessage(channel.id, id), { body: { flags: 0 } });
    expect(edited).toMatchObject({ embeds: [{ title: 'x' }], flags: 0 });
  });

  test('a reply to what is gone is sent where that is allowed', async () => {
    const { rest, channel } = await openDiscord();
    const message_reference = { message_id: '1', fail_if_not_exists: false };
    await rest.post(Routes.channelMessages(channel.id), { body: { content: 'x', message_reference } });
    expect(channel.messages()[0]?.replyTo).toBeUndefined();
  });

  test('nobody is reached who closed their chat, and nothing where the bot may not write', async () => {
    const { discord, rest, ada, guild } = await openDiscord();
    const send = (channel: string) =>
      refusal(rest.post(Routes.channelMessages(channel), { body: { content: 'x' } }));
    ada.acceptDirect(false);
    expect(await send(ada.directChat().id)).toMatchObject({ status: 403, code: 50_007 });
    const silent = guild.channel('silent', { botMayNot: ['send'] });
    expect(await send(silent.id)).toMatchObject({ status: 403, code: 50_013 });
    const hidden = guild.channel('hidden', { botMayNot: ['view'] });
    expect(await send(hidden.id)).toMatchObject({ status: 403, code: 50_001 });
    guild.kickBot();
    expect(await send(silent.id)).toMatchObject({ status: 403, code: 50_001 });
    expect(await send('1')).toMatchObject({ status: 404, code: 10_003 });
    expect(discord.invalidRequests()).toBe(4);
  });

  test('a direct chat is opened by the bot', async () => {
    const { discord, ada } = await openDiscord();
    const client = await openClient(discord);
    await (await client.users.fetch(ada.id)).send('hello');
    expect(ada.directChat().messages()).toMatchObject([{ text: 'hello', pings: [ada.id] }]);
  });
});
