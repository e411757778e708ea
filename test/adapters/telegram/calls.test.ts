import { beforeEach, describe, expect, it } from 'vitest';
import type { Calls } from '../../../adapters/telegram/calls.ts';
import type { Chat } from '../../servers/telegram/chat.ts';
import type { Person } from '../../servers/telegram/person.ts';
import type { Telegram } from '../../servers/telegram/telegram.ts';
import { type OpenCalls, openCalls, text } from './open-calls.ts';

const FINAL = { urgency: 'final' } as const;
const UNPARSABLE = { markup: '<secret>a</secret> &amp; b', visible: 'a & b' };

let opened: OpenCalls;
let telegram: Telegram;
let calls: Calls;
let ada: Person;
let chat: Chat;
let target: { readonly chat: string };

beforeEach(async () => {
  opened = await openCalls();
  ({ telegram, calls } = opened);
  ada = telegram.person({ name: 'Ada' });
  chat = ada.directChat();
  target = { chat: String(chat.id) };
});

describe('a message that is sent', () => {
  it('has its formatting, its buttons, what it replies to, and no link preview', async () => {
    const question = ada.send(chat, 'Who are you?');
    const id = await calls.send(target, text('https://example.org'), {
      ...FINAL,
      silent: true,
      replyTo: question.id,
      buttons: [[{ text: 'Stop', data: 's:1' }], [{ text: 'Why?', data: 'w:1' }]],
    });
    expect(chat.fromBot()).toMatchObject([
      {
        id,
        html: '<b>https://example.org</b>',
        text: 'https://example.org',
        silent: true,
        linkPreview: false,
        replyTo: question.id,
        buttons: [[{ text: 'Stop', data: 's:1' }], [{ text: 'Why?', data: 'w:1' }]],
      },
    ]);
  });

  it('is neither silent nor a reply where that is not asked for', async () => {
    await calls.send(target, text('Hello'), FINAL);
    expect(chat.fromBot()).toMatchObject([{ silent: false, replyTo: undefined, buttons: [] }]);
  });

  it('arrives even if what it replies to is gone', async () => {
    await calls.send(target, text('Hello'), { ...FINAL, replyTo: 99 });
    expect(chat.fromBot()).toMatchObject([{ text: 'Hello', replyTo: undefined }]);
  });

  it('goes where the group has gone, and replies to nothing there', async () => {
    const group = telegram.group({ title: 'Before', members: [ada] });
    const supergroup = telegram.supergroup({ title: 'After', members: [ada] });
    ada.send(supergroup, 'Something else');
    telegram.fault({
      chat: group.id,
      kind: {
        status: 400,
        description: 'Bad Request: group chat was upgraded to a supergroup chat',
        parameters: { migrate_to_chat_id: supergroup.id },
      },
    });
    const id = await calls.send({ chat: String(group.id) }, text('Hello'), { ...FINAL, replyTo: 1 });
    expect(supergroup.fromBot()).toMatchObject([{ id, text: 'Hello', replyTo: undefined }]);
  });

  it('is not sent in a circle', async () => {
    const description = 'Bad Request: group chat was upgraded to a supergroup chat';
    telegram.fault({ kind: { status: 400, description, parameters: { migrate_to_chat_id: chat.id } } });
    await expect(calls.send(target, text('Hello'), FINAL)).rejects.toMatchObject({ code: 'internal' });
    expect(telegram.requests()).toHaveLength(1);
  });

  it('is made when its turn comes', async () => {
    let newest = 'old';
    const first = calls.send(target, text('First'), { urgency: 'preview' });
    const second = calls.send(target, () => text(newest), { urgency: 'preview' });
    await first;
    newest = 'new';
    await opened.run(second);
    expect(chat.fromBot().map((message) => message.text)).toEqual(['First', 'new']);
  });

  it('is not sent if it cannot be made', async () => {
    const nothing = new Error('There is nothing to say.');
    const sent = calls.send(
      target,
      () => {
        throw nothing;
      },
      FINAL,
    );
    await expect(sent).rejects.toBe(nothing);
    expect(telegram.requests()).toEqual([]);
  });
});

describe('in a forum', () => {
  it('General is no thread for messages, but one for typing', async () => {
    const forum = telegram.forum({ title: 'Forum', members: [ada] });
    const general = { chat: String(forum.id), thread: '1' };
    await calls.send(general, text('Hello'), FINAL);
    await calls.typing(general);
    expect(forum.fromBot()).toMatchObject([{ text: 'Hello', thread: undefined }]);
    expect(telegram.requests({ method: 'sendChatAction' })).toMatchObject([
      { status: 200, parameters: { message_thread_id: 1 } },
    ]);
  });

  it('a topic gets what is meant for it', async () => {
    const forum = telegram.forum({ title: 'Forum', members: [ada] });
    const thread = telegram.openTopic(forum, 'Topic');
    const topic = { chat: String(forum.id), thread: String(thread) };
    const id = await calls.send(topic, text('Hello'), FINAL);
    await calls.edit(topic, id, text('Hello, Ada'), FINAL);
    await calls.typing(topic);
    expect(forum.message(id)).toMatchObject({ text: 'Hello, Ada', thread });
    expect(forum.action()).toBe('typing');
  });
});

describe('a text that Telegram cannot parse', () => {
  it('is sent plain, and the log does not tell what it was', async () => {
    await opened.run(calls.send(target, UNPARSABLE, FINAL));
    expect(chat.fromBot()).toMatchObject([{ text: 'a & b', html: undefined, entities: [] }]);
    expect(opened.logged).toHaveLength(1);
    expect(opened.logged[0]).toContain('"level":"warn"');
    expect(opened.logged[0]).toContain('at byte offset');
    expect(opened.logged[0]).not.toContain('secret');
  });

  it('is edited in plain', async () => {
    const id = await calls.send(target, text('Wait'), FINAL);
    expect(await opened.run(calls.edit(target, id, UNPARSABLE, { urgency: 'preview' }))).toBe('edited');
    expect(chat.message(id)).toMatchObject({ text: 'a & b', html: undefined });
  });

  it('is drafted plain', async () => {
    await opened.run(calls.draft(target, 7, UNPARSABLE));
    expect(chat.draft()).toMatchObject({ id: 7, text: 'a & b', html: undefined });
  });

  it('is not tried for a third time', async () => {
    const description = "Bad Request: can't parse entities: whatever";
    telegram.fault({ kind: { status: 400, description }, times: 3 });
    await expect(opened.run(calls.send(target, UNPARSABLE, FINAL))).rejects.toMatchObject({
      code: 'internal',
      retryable: false,
    });
    expect(telegram.requests()).toHaveLength(2);
  });

  it('is no reason to send anything else plain', async () => {
    telegram.fault({ kind: { status: 400, description: 'Bad Request: BUTTON_DATA_INVALID' } });
    await expect(calls.send(target, text('Hello'), FINAL)).rejects.toMatchObject({
      code: 'internal',
      retryable: false,
      hint: 'Telegram said: 400 Bad Request: BUTTON_DATA_INVALID',
    });
    expect(telegram.requests()).toHaveLength(1);
  });
});

describe('an edit', () => {
  it('changes text and buttons', async () => {
    const id = await calls.send(target, text('Wait'), FINAL);
    const buttons = [[{ text: 'Again', data: 'a:1' }]];
    expect(await calls.edit(target, id, text('Hello'), { ...FINAL, buttons })).toBe('edited');
    expect(chat.message(id)).toMatchObject({
      text: 'Hello',
      buttons: [[{ text: 'Again', data: 'a:1' }]],
      linkPreview: false,
    });
    expect(await calls.edit(target, id, text('Bye'), FINAL)).toBe('edited');
    expect(chat.message(id)).toMatchObject({ text: 'Bye', buttons: [] });
  });

  it('that changes nothing is done', async () => {
    const id = await calls.send(target, text('Hello'), FINAL);
    expect(await calls.edit(target, id, text('Hello'), FINAL)).toBe('edited');
    expect(telegram.requests({ method: 'editMessageText' })).toMatchObject([{ status: 400 }]);
  });

  it('of what is not there, or not ours, tells so', async () => {
    const { id } = ada.send(chat, 'Mine');
    expect(await calls.edit(target, 99, text('Hello'), FINAL)).toBe('gone');
    expect(await calls.edit(target, id, text('Hello'), FINAL)).toBe('gone');
    expect(await opened.run(calls.setButtons(target, 99, undefined, FINAL))).toBe('gone');
  });

  it('of the buttons alone leaves the text', async () => {
    const id = await calls.send(target, text('Hello'), FINAL);
    const buttons = [[{ text: 'Again', data: 'a:1' }]];
    expect(await calls.setButtons(target, id, buttons, FINAL)).toBe('edited');
    expect(chat.message(id)).toMatchObject({ text: 'Hello', buttons: [[{ data: 'a:1' }]] });
    expect(await calls.setButtons(target, id, undefined, FINAL)).toBe('edited');
    expect(chat.message(id)).toMatchObject({ text: 'Hello', buttons: [] });
    expect(await opened.run(calls.setButtons(target, id, undefined, FINAL))).toBe('edited');
  });
});

describe('removing', () => {
  it('takes a message away', async () => {
    const id = await calls.send(target, text('Wait'), FINAL);
    await calls.remove(target, id);
    expect(chat.fromBot()).toEqual([]);
  });

  it.each(['message to delete not found', "message can't be deleted"])(
    'is fine where Telegram says: %s',
    async (why) => {
      telegram.fault({ kind: { status: 400, description: `Bad Request: ${why}` } });
      await expect(calls.remove(target, 1)).resolves.toBeUndefined();
      await expect(calls.remove(target, 1)).resolves.toBeUndefined();
      expect(telegram.requests()).toHaveLength(2);
    },
  );
});

describe('typing', () => {
  it('is seen', async () => {
    await calls.typing(target);
    expect(chat.action()).toBe('typing');
  });

  it('takes nothing from the budget', async () => {
    for (let count = 0; count < 10; count += 1) await calls.typing(target);
    expect(opened.budget.chats()).toBe(0);
  });

  it('is left out during a pause, and begins one when Telegram wants it', async () => {
    telegram.fault({
      kind: { status: 429, description: 'Too Many Requests: retry after 4', parameters: { retry_after: 4 } },
    });
    await calls.typing(target);
    await calls.typing(target);
    expect(telegram.requests()).toHaveLength(1);
    expect(opened.budget.pausedMs(target.chat)).toBe(4_000);
    await opened.clock.settle();
    await calls.typing(target);
    expect(chat.action()).toBe('typing');
  });

  it('never throws', async () => {
    await calls.typing({ chat: '5' });
    await telegram.goAway();
    await calls.typing(target);
  });
});

describe('the answer to a press', () => {
  it('is seen, as an alert where it shall be one', async () => {
    const id = await calls.send(target, text('Hello'), { ...FINAL, buttons: [[{ text: 'A', data: 'a' }]] });
    const message = chat.message(id);
    if (!message) throw new Error('There is no message.');
    const press = async (...answer: [string?, boolean?]) => {
      const next = telegram.when('update');
      const seen = ada.press(chat, message, 'A');
      const { update } = (await next) as { update: { callback_query?: { id: string } } };
      await calls.answerPress(String(update.callback_query?.id), ...answer);
      return seen;
    };
    expect(await press()).toMatchObject({ text: undefined, alert: false });
    expect(await press('Stopped')).toMatchObject({ text: 'Stopped', alert: false });
    expect(await press('x'.repeat(300), true)).toMatchObject({ text: 'x'.repeat(200), alert: true });
  });

  it('never throws', async () => {
    await calls.answerPress('123', 'too late');
    await telegram.goAway();
    await calls.answerPress('123');
    expect(opened.logged.join()).not.toContain('too late');
  });
});

describe('a draft', () => {
  it('is seen with a button to stop it, and stays when it is pressed', async () => {
    await calls.draft(target, 7, text('Once upon'));
    expect(chat.draft()).toMatchObject({ id: 7, text: 'Once upon', canStop: true, keepOnStop: true });
    const stopped = telegram.when('update');
    ada.stopsDraft(chat);
    expect((await stopped).update).toMatchObject({ stopped_message_generation: { draft_id: 7 } });
    expect(chat.draft()).toMatchObject({ id: 7 });
  });

  it('counts as a preview', async () => {
    await calls.draft(target, 7, text('Once'));
    await opened.run(calls.draft(target, 7, text('Once upon')));
    expect(opened.clock.now()).toBe(1_200);
  });

  it('is for direct chats alone', async () => {
    const group = telegram.group({ title: 'Group', members: [ada] });
    await expect(calls.draft({ chat: String(group.id) }, 7, text('Once'))).rejects.toMatchObject({
      retryable: false,
    });
  });
});
