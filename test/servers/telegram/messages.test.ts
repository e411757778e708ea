import { describe, expect, test } from 'vitest';
import { openDirect, openTelegram, refusal } from './open-telegram.ts';

describe('sending', () => {
  test('shows the message with all that was sent along', async () => {
    const { api, ada, chat, id } = await openDirect();
    const question = ada.send(chat, 'Hello there');
    const sent = await api.sendMessage(id, 'Good <b>day</b>', {
      parse_mode: 'HTML',
      disable_notification: true,
      link_preview_options: { is_disabled: true },
      reply_parameters: { message_id: question.id, quote: 'there' },
      reply_markup: { inline_keyboard: [[{ text: 'Stop', callback_data: 's:1' }]] },
    });
    expect(sent).toMatchObject({
      message_id: question.id + 1,
      from: { id: 1000, is_bot: true },
      chat: { id, type: 'private', first_name: 'Ada', username: 'adalove' },
      text: 'Good day',
      entities: [{ type: 'bold', offset: 5, length: 3 }],
      reply_to_message: { message_id: question.id },
      quote: { text: 'there', position: 6, is_manual: true },
      link_preview_options: { is_disabled: true },
      reply_markup: { inline_keyboard: [[{ text: 'Stop', callback_data: 's:1' }]] },
    });
    expect(chat.fromBot()).toMatchObject([
      {
        text: 'Good day',
        html: 'Good <b>day</b>',
        silent: true,
        linkPreview: false,
        replyTo: question.id,
        quote: 'there',
        buttons: [[{ text: 'Stop', data: 's:1' }]],
        editedTimes: 0,
      },
    ]);
  });

  test.each([
    ['', {}, 'message text is empty'],
    [' \n ', {}, 'message text is empty'],
    ['<b> </b>', { parse_mode: 'HTML' }, 'message text is empty'],
    ['x', { reply_parameters: { message_id: 99 } }, 'message to be replied not found'],
    ['x', { message_thread_id: 5 }, 'message thread not found'],
    [
      'x',
      { reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'é'.repeat(33) }]] } },
      'BUTTON_DATA_INVALID',
    ],
    [
      'x',
      { reply_markup: { inline_keyboard: [[{ text: 'a' }]] } },
      'Text buttons are unallowed in the inline keyboard',
    ],
    ['\ud800', {}, 'strings must be encoded in UTF-8'],
  ])('%j with %j is refused', async (text, other, why) => {
    const { api, chat, id } = await openDirect();
    expect(await refusal(api.sendMessage(id, text, other as object))).toBe(`Bad Request: ${why}`);
    expect(chat.messages()).toEqual([]);
  });

  test('4096 characters after parsing fit, however long the source is, and no more', async () => {
    const { api, chat, id } = await openDirect();
    expect(await refusal(api.sendMessage(id, 'x'.repeat(4097)))).toBe('Bad Request: message is too long');
    await api.sendMessage(id, `<b>${'&lt;'.repeat(4096)}</b>`, { parse_mode: 'HTML' });
    expect(chat.messages()[0]?.text).toHaveLength(4096);
    const data = 'é'.repeat(32);
    await api.sendMessage(id, 'x', {
      reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: data }]] },
    });
  });

  test('a reply to what is gone is sent where that is allowed, and to a wrong quote never', async () => {
    const { api, ada, chat, id } = await openDirect();
    await api.sendMessage(id, 'x', {
      reply_parameters: { message_id: 99, allow_sending_without_reply: true },
    });
    expect(chat.messages()[0]?.replyTo).toBeUndefined();
    const { id: message_id } = ada.send(chat, 'abc');
    const wrong = api.sendMessage(id, 'x', { reply_parameters: { message_id, quote: 'x' } });
    expect(await refusal(wrong)).toBe('Bad Request: QUOTE_TEXT_INVALID');
  });

  test('nobody is reached who is unknown, blocked the bot, or threw it out', async () => {
    const { telegram, api, ada, id } = await openDirect();
    expect(await refusal(api.sendMessage(5, 'x'))).toBe('Bad Request: chat not found');
    telegram.block(ada);
    expect(await refusal(api.sendMessage(id, 'x'))).toBe('Forbidden: bot was blocked by the user');
    expect(await refusal(api.sendChatAction(id, 'typing'))).toBe('Forbidden: bot was blocked by the user');
    telegram.unblock(ada);
    await api.sendMessage(id, 'x');
    for (const [group, kind] of [
      [telegram.group({ title: 'G', members: [ada] }), 'group'],
      [telegram.supergroup({ title: 'S', members: [ada] }), 'supergroup'],
    ] as const) {
      telegram.kick(group);
      expect(await refusal(api.sendMessage(group.id, 'x'))).toBe(
        `Forbidden: bot was kicked from the ${kind} chat`,
      );
    }
  });
});

describe('editing', () => {
  test('changes text and buttons, and keeps the count', async () => {
    const { api, chat, id } = await openDirect();
    const { message_id } = await api.sendMessage(id, 'a', {
      reply_markup: { inline_keyboard: [[{ text: 'b', callback_data: 'c' }]] },
    });
    const edited = await api.editMessageText(id, message_id, 'd');
    expect(edited).toMatchObject({ text: 'd', edit_date: expect.any(Number) });
    expect(chat.messages()).toMatchObject([{ id: message_id, text: 'd', buttons: [], editedTimes: 1 }]);
    await api.editMessageReplyMarkup(id, message_id, {
      reply_markup: { inline_keyboard: [[{ text: 'e', callback_data: 'f' }]] },
    });
    expect(chat.messages()).toMatchObject([{ text: 'd', buttons: [[{ text: 'e' }]], editedTimes: 1 }]);
    expect(chat.history().map(({ type }) => type)).toEqual(['sent', 'edited', 'edited']);
  });

  test('what changes nothing, is not there or is not its own is refused', async () => {
    const { api, ada, chat, id } = await openDirect();
    const { message_id } = await api.sendMessage(id, 'a');
    const same =
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message';
    expect(await refusal(api.editMessageText(id, message_id, ' a '))).toBe(same);
    expect(await refusal(api.editMessageReplyMarkup(id, message_id))).toBe(same);
    expect(await refusal(api.editMessageText(id, 99, 'x'))).toBe('Bad Request: message to edit not found');
    const foreign = ada.send(chat, 'mine');
    expect(await refusal(api.editMessageText(id, foreign.id, 'x'))).toBe(
      "Bad Request: message can't be edited",
    );
    expect(await refusal(api.editMessageText(id, message_id, 'x'.repeat(4097)))).toBe(
      'Bad Request: MESSAGE_TOO_LONG',
    );
    await api.editMessageText(id, message_id, '<b>a</b>', { parse_mode: 'HTML' });
    expect(chat.message(message_id)?.entities).toHaveLength(1);
  });
});

describe('deleting', () => {
  test('removes from the screen, not from the history', async () => {
    const { api, ada, chat, id } = await openDirect();
    const { message_id } = await api.sendMessage(id, 'a');
    const hers = ada.send(chat, 'b');
    await api.deleteMessage(id, message_id);
    expect(chat.messages().map((message) => message.id)).toEqual([hers.id]);
    expect(await refusal(api.deleteMessage(id, message_id))).toBe('Bad Request: message to delete not found');
    await api.deleteMessages(id, [message_id, hers.id]);
    expect(chat.messages()).toEqual([]);
    expect(chat.history()).toMatchObject([
      { type: 'sent', by: 'bot', message: { text: 'a' } },
      { type: 'sent', by: 'person', message: { text: 'b' } },
      { type: 'deleted', by: 'bot', message: { text: 'a' } },
      { type: 'deleted', by: 'bot', message: { text: 'b' } },
    ]);
  });

  test("others' messages in a group go only where the bot is an admin, and nothing older than 48 hours", async () => {
    let nowMs = 0;
    const { telegram, api } = await openTelegram({ now: () => nowMs });
    const ada = telegram.person({ name: 'Ada' });
    for (const botIsAdmin of [false, true]) {
      const group = telegram.supergroup({ title: 'G', members: [ada], botIsAdmin });
      const message = ada.send(group, 'a');
      const deletion = api.deleteMessage(group.id, message.id);
      if (botIsAdmin) await deletion;
      else expect(await refusal(deletion)).toBe("Bad Request: message can't be deleted for everyone");
    }
    const chat = ada.directChat();
    const { message_id } = await api.sendMessage(chat.id, 'a');
    nowMs = 48 * 3_600_000;
    expect(await refusal(api.deleteMessage(chat.id, message_id))).toBe(
      "Bad Request: message can't be deleted for everyone",
    );
  });
});
