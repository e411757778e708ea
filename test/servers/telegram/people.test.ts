import { expect, test } from 'vitest';
import { openTelegram, refusal } from './open-telegram.ts';

test('what a person sends has the fields of the real one', async () => {
  const { telegram, api } = await openTelegram();
  const ada = telegram.person({ name: 'Ada', username: 'adalove' });
  const chat = ada.directChat();
  const original = ada.send(chat, 'one two three');
  ada.send(chat, '/ask@ostler_bot see https://example.org', { replyTo: original, quote: 'two' });
  ada.send(chat, 'passed on', { forwardFrom: 'Somebody', viaBot: 'gif', mediaGroup: 'm1' });
  const [, second, third] = await api.getUpdates();
  expect(second?.message).toMatchObject({
    message_id: original.id + 1,
    from: { id: ada.id, is_bot: false, first_name: 'Ada', username: 'adalove', language_code: 'en' },
    chat: { id: ada.id, type: 'private', first_name: 'Ada', username: 'adalove' },
    date: expect.any(Number),
    entities: [
      { type: 'bot_command', offset: 0, length: 15 },
      { type: 'url', offset: 20, length: 19 },
    ],
    reply_to_message: { message_id: original.id, text: 'one two three' },
    quote: { text: 'two', position: 4, is_manual: true },
  });
  expect(second?.message?.reply_to_message).not.toHaveProperty('reply_to_message');
  expect(third?.message).toMatchObject({
    forward_origin: { type: 'hidden_user', sender_user_name: 'Somebody' },
    via_bot: { is_bot: true, username: 'gif' },
    media_group_id: 'm1',
  });
});

test('message ids are counted per bot in direct chats and groups, and per chat in supergroups', async () => {
  const { telegram } = await openTelegram();
  const ada = telegram.person({ name: 'Ada' });
  const group = telegram.group({ title: 'G', members: [ada] });
  const one = telegram.supergroup({ title: 'S', members: [ada] });
  const other = telegram.supergroup({ title: 'T', members: [ada] });
  expect(ada.send(group, 'a').id).toBe(ada.send(ada.directChat(), 'a').id - 1);
  expect(ada.send(one, 'a').id).toBe(ada.send(other, 'a').id);
  expect([group.id < 0, one.id < -1_000_000_000_000]).toEqual([true, true]);
});

test('a press asks the bot, and resolves with what it answers', async () => {
  let nowMs = 0;
  const { telegram, api } = await openTelegram({ now: () => nowMs });
  const ada = telegram.person({ name: 'Ada' });
  const chat = ada.directChat();
  const reply_markup = {
    inline_keyboard: [[{ text: 'Stop', callback_data: 's:1' }], [{ text: 'More', callback_data: 'm:1' }]],
  };
  const { message_id } = await api.sendMessage(chat.id, 'x', { reply_markup });
  const look = chat.message(message_id);
  if (!look) throw new Error('The message is not there');
  const answer = ada.press(chat, look, 'Stop');
  const [update] = await api.getUpdates();
  expect(update?.callback_query).toMatchObject({
    from: { id: ada.id },
    data: 's:1',
    message: { message_id },
  });
  await api.answerCallbackQuery(update?.callback_query?.id ?? '', { text: 'Stopped', show_alert: true });
  expect(await answer).toEqual({ text: 'Stopped', alert: true, url: undefined });
  const tooOld = 'Bad Request: query is too old and response timeout expired or query ID is invalid';
  expect(await refusal(api.answerCallbackQuery(update?.callback_query?.id ?? ''))).toBe(tooOld);
  await api.deleteMessage(chat.id, message_id);
  void ada.press(chat, look, 1);
  const late = (await api.getUpdates()).at(-1)?.callback_query;
  expect(late).toMatchObject({ data: 'm:1', message: { message_id, date: 0 } });
  nowMs = 15_001;
  expect(await refusal(api.answerCallbackQuery(late?.id ?? ''))).toBe(tooOld);
  expect(() => ada.press(chat, look, 'Less')).toThrow('There is no button "Less"');
});

test('Stop at a draft tells the bot, and ends the drafts of that number', async () => {
  const { telegram, api } = await openTelegram();
  const ada = telegram.person({ name: 'Ada' });
  const chat = ada.directChat();
  await api.sendMessageDraft(chat.id, 7, 'half', { can_stop: true, keep_on_stop: true });
  ada.stopsDraft(chat);
  expect(await api.getUpdates()).toMatchObject([
    { stopped_message_generation: { chat: { id: ada.id, type: 'private' }, draft_id: 7 } },
  ]);
  await api.sendMessageDraft(chat.id, 7, 'more', { can_stop: true });
  expect(chat.draft()?.text).toBe('half');
  expect(chat.history().map(({ type }) => type)).toEqual(['draft', 'draft-stopped']);
});

test('service messages, channel posts and the end of a membership arrive', async () => {
  const { telegram, api } = await openTelegram();
  const ada = telegram.person({ name: 'Ada' });
  const jan = telegram.person({ name: 'Jan' });
  const group = telegram.supergroup({ title: 'G', members: [ada], username: 'thegroup' });
  const channel = telegram.channel({ title: 'C' });
  expect(() => jan.send(group, 'a')).toThrow('Jan is not in G');
  jan.joins(group);
  const message = jan.send(group, 'a');
  ada.pins(message);
  jan.edit(message, 'b');
  jan.leaves(group);
  telegram.post(channel, 'news');
  await api.sendMessage('@thegroup', 'x');
  telegram.kick(group);
  telegram.block(ada);
  expect(await api.getUpdates()).toMatchObject([
    { message: { new_chat_members: [{ id: jan.id }], chat: { id: group.id, username: 'thegroup' } } },
    { message: { text: 'a' } },
    { message: { pinned_message: { text: 'a' } } },
    { edited_message: { text: 'b', edit_date: expect.any(Number) } },
    { message: { left_chat_member: { id: jan.id } } },
    { channel_post: { text: 'news', sender_chat: { id: channel.id } } },
    { my_chat_member: { chat: { id: group.id }, new_chat_member: { status: 'kicked' } } },
    { my_chat_member: { chat: { id: ada.id, type: 'private' }, new_chat_member: { status: 'kicked' } } },
  ]);
});

test('replies in a supergroup carry a thread without being in a topic', async () => {
  const { telegram } = await openTelegram();
  const ada = telegram.person({ name: 'Ada' });
  const group = telegram.supergroup({ title: 'G', members: [ada] });
  const first = ada.send(group, 'a');
  const second = ada.send(group, 'b', { replyTo: first });
  const third = ada.send(group, 'c', { replyTo: second });
  expect([second.wire, third.wire].map((wire) => wire.message_thread_id)).toEqual([first.id, first.id]);
  expect(third.wire).not.toHaveProperty('is_topic_message');
});

test('in privacy mode the bot gets only what is meant for it in groups', async () => {
  const { telegram, api } = await openTelegram({ readsAll: false });
  const ada = telegram.person({ name: 'Ada' });
  const group = telegram.supergroup({ title: 'G', members: [ada] });
  const { message_id } = await api.sendMessage(group.id, 'x');
  const replyTo = group.message(message_id);
  if (!replyTo) throw new Error('The message is not there');
  ada.send(group, 'among us');
  ada.send(group, '/ask');
  ada.send(group, '/ask@other_bot');
  ada.send(group, 'hey @ostler_bot');
  ada.send(group, 'to you', { replyTo });
  ada.send(ada.directChat(), 'alone');
  const texts = (await api.getUpdates()).map(({ message }) => message?.text);
  expect(texts).toEqual(['/ask', 'hey @ostler_bot', 'to you', 'alone']);
  expect(await api.getMe()).toMatchObject({ can_read_all_group_messages: false });
});
