import { describe, expect, test } from 'vitest';
import { openDirect, openTelegram, refusal } from './open-telegram.ts';

describe('beside messages', () => {
  test('typing shows for 5 seconds, or until the answer', async () => {
    let nowMs = 0;
    const { telegram, api } = await openTelegram({ now: () => nowMs });
    const chat = telegram.person({ name: 'Ada' }).directChat();
    await api.sendChatAction(chat.id, 'typing');
    expect(chat.action()).toBe('typing');
    await api.sendMessage(chat.id, 'x');
    expect(chat.action()).toBeUndefined();
    await api.sendChatAction(chat.id, 'typing');
    nowMs = 5_000;
    expect(chat.action()).toBeUndefined();
    const wrong = api.sendChatAction(chat.id, 'thinking' as 'typing');
    expect(await refusal(wrong)).toBe('Bad Request: wrong parameter action in request');
  });

  test('one reaction of the known ones', async () => {
    const { api, ada, chat, id } = await openDirect();
    const message = ada.send(chat, 'a');
    await api.setMessageReaction(id, message.id, [{ type: 'emoji', emoji: '👀' }]);
    expect(chat.message(message.id)?.reactions).toEqual(['👀']);
    await api.setMessageReaction(id, message.id, []);
    expect(chat.message(message.id)?.reactions).toEqual([]);
    const unknown = [{ type: 'emoji' as const, emoji: '⏳' as '👀' }];
    expect(await refusal(api.setMessageReaction(id, message.id, unknown))).toBe(
      'Bad Request: REACTION_INVALID',
    );
    const two = [...unknown, ...unknown];
    expect(await refusal(api.setMessageReaction(id, message.id, two))).toBe(
      'Bad Request: REACTIONS_TOO_MANY',
    );
    expect(await refusal(api.setMessageReaction(id, 99, []))).toBe('Bad Request: message to react not found');
  });

  test('a draft shows for 30 seconds or until the message, in a direct chat only', async () => {
    let nowMs = 0;
    const { telegram, api } = await openTelegram({ now: () => nowMs });
    const ada = telegram.person({ name: 'Ada' });
    const chat = ada.directChat();
    await api.sendMessageDraft(chat.id, 7, '<b>Hal</b>', { parse_mode: 'HTML' });
    expect(chat.draft()).toMatchObject({ id: 7, text: 'Hal', html: '<b>Hal</b>' });
    expect(chat.messages()).toEqual([]);
    await api.sendMessage(chat.id, 'Hallo');
    expect(chat.draft()).toBeUndefined();
    await api.sendMessageDraft(chat.id, 8, 'x');
    nowMs = 30_000;
    expect(chat.draft()).toBeUndefined();
    expect(() => ada.stopsDraft(chat)).toThrow('There is no draft with a Stop button');
    expect(await refusal(api.sendMessageDraft(chat.id, 0, 'x'))).toBe('Bad Request: RANDOM_ID_INVALID');
    const group = telegram.group({ title: 'G', members: [ada] });
    expect(await refusal(api.sendMessageDraft(group.id, 1, 'x'))).toBe('Bad Request: TEXTDRAFT_PEER_INVALID');
  });

  test('commands for each scope and language, as each person sees them', async () => {
    const { telegram, api, ada, chat } = await openDirect();
    const jan = telegram.person({ name: 'Jan', language: 'de' });
    const group = telegram.group({ title: 'G', members: [ada, jan], admins: [ada] });
    const list = (command: string) => [{ command, description: 'x' }];
    await api.setMyCommands(list('all'));
    await api.setMyCommands(list('alle'), { language_code: 'de' });
    await api.setMyCommands(list('admins'), { scope: { type: 'all_chat_administrators' } });
    expect(ada.commands(chat)).toEqual(list('all'));
    expect(jan.commands(jan.directChat())).toEqual(list('alle'));
    expect(ada.commands(group)).toEqual(list('admins'));
    expect(await api.getMyCommands({ language_code: 'de' })).toEqual(list('alle'));
    await api.deleteMyCommands();
    expect(ada.commands(chat)).toEqual([]);
    expect(await refusal(api.setMyCommands(list('Not')))).toBe('Bad Request: BOT_COMMAND_INVALID');
  });

  test('who is who in a chat', async () => {
    const { telegram, api, ada, id } = await openDirect();
    const jan = telegram.person({ name: 'Jan' });
    const group = telegram.supergroup({ title: 'G', members: [ada], botIsAdmin: true });
    expect(await api.getChat(group.id)).toMatchObject({ id: group.id, type: 'supergroup', title: 'G' });
    expect(await api.getChatMember(group.id, ada.id)).toMatchObject({
      status: 'creator',
      user: { id: ada.id },
    });
    expect(await api.getChatMember(group.id, jan.id)).toMatchObject({ status: 'left' });
    expect(await refusal(api.getChatMember(group.id, 5))).toBe('Bad Request: user not found');
    expect((await api.getChatAdministrators(group.id)).map(({ user }) => user.id)).toEqual([ada.id, 1000]);
    expect(await refusal(api.getChatAdministrators(id))).toBe(
      'Bad Request: there are no administrators in the private chat',
    );
  });
});

describe('a forum', () => {
  test('has topics, and a General that is named by no thread', async () => {
    const { telegram, api } = await openTelegram();
    const ada = telegram.person({ name: 'Ada' });
    const forum = telegram.forum({ title: 'F', members: [ada] });
    const thread = telegram.openTopic(forum, 'Code');
    const question = ada.send(forum, 'hello', { thread });
    expect(question.wire).toMatchObject({
      message_thread_id: thread,
      is_topic_message: true,
      reply_to_message: { message_id: thread, forum_topic_created: { name: 'Code' } },
    });
    const answer = await api.sendMessage(forum.id, 'x', { reply_parameters: { message_id: question.id } });
    expect(answer).toMatchObject({ message_thread_id: thread, is_topic_message: true });
    expect(await api.sendMessage(forum.id, 'x')).not.toHaveProperty('message_thread_id');
    const notFound = 'Bad Request: message thread not found';
    expect(await refusal(api.sendMessage(forum.id, 'x', { message_thread_id: 1 }))).toBe(notFound);
    await api.sendChatAction(forum.id, 'typing', { message_thread_id: 1 });
    telegram.closeTopic(forum, thread);
    const closed = api.sendMessage(forum.id, 'x', { message_thread_id: thread });
    expect(await refusal(closed)).toBe('Bad Request: TOPIC_CLOSED');
    telegram.deleteTopic(forum, thread);
    const deleted = api.sendMessage(forum.id, 'x', { message_thread_id: thread });
    expect(await refusal(deleted)).toBe(notFound);
    expect(forum.messages()).toHaveLength(1);
  });
});
