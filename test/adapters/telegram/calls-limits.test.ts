import { describe, expect, it } from 'vitest';
import type { Chat } from '../../servers/telegram/chat.ts';
import { type OpenCalls, openCalls, text, turnOfLoop } from './open-calls.ts';

const FINAL = { urgency: 'final' } as const;
const PREVIEW = { urgency: 'preview' } as const;

function direct({ telegram }: OpenCalls): Chat {
  return telegram.person({ name: 'Ada' }).directChat();
}

function targetOf({ id }: Chat) {
  return { chat: String(id) };
}

function refuse({ telegram }: OpenCalls, seconds: number, times = 1): void {
  const description = `Too Many Requests: retry after ${seconds}`;
  telegram.fault({ kind: { status: 429, description, parameters: { retry_after: seconds } }, times });
}

const textsOf = (chat: Chat) => chat.fromBot().map((message) => message.text);

describe('where Telegram wants a pause', () => {
  it('a final is sent after it', async () => {
    const opened = await openCalls();
    const chat = direct(opened);
    refuse(opened, 3);
    await opened.run(opened.calls.send(targetOf(chat), text('Hello'), FINAL));
    expect(chat.fromBot()).toMatchObject([{ text: 'Hello', sentAtMs: 3_000 }]);
  });

  it('a final is sent however often it was refused', async () => {
    const opened = await openCalls();
    const chat = direct(opened);
    refuse(opened, 9, 20);
    await opened.run(opened.calls.send(targetOf(chat), text('Hello'), FINAL));
    expect(chat.fromBot()).toMatchObject([{ text: 'Hello', sentAtMs: 180_000 }]);
  });

  it('a final is sent where Telegram does not say how long', async () => {
    const opened = await openCalls();
    const chat = direct(opened);
    opened.telegram.fault({ kind: { status: 429, description: 'Too Many Requests' } });
    await opened.run(opened.calls.send(targetOf(chat), text('Hello'), FINAL));
    expect(chat.fromBot()).toMatchObject([{ text: 'Hello', sentAtMs: 5_000 }]);
  });

  it('finals keep their order', async () => {
    const opened = await openCalls();
    const { calls, run } = opened;
    const chat = direct(opened);
    refuse(opened, 3);
    const sent = ['one', 'two', 'three', 'four', 'five'].map((word, index) =>
      index === 0
        ? calls.send(targetOf(chat), text(word), FINAL)
        : turnOfLoop().then(() => calls.send(targetOf(chat), text(word), FINAL)),
    );
    opened.budget.pause(targetOf(chat).chat, 1);
    await run(Promise.all(sent));
    expect(textsOf(chat)).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('a preview is left out, and the final after it waits', async () => {
    const opened = await openCalls();
    const { calls, run, telegram } = opened;
    const chat = direct(opened);
    const target = targetOf(chat);
    const id = await calls.send(target, text('Wait'), FINAL);
    refuse(opened, 5);
    const preview = calls.edit(target, id, text('Once'), PREVIEW);
    await expect(run(preview)).rejects.toMatchObject({ code: 'busy', retryable: true });
    await run(calls.edit(target, id, text('Once upon a time'), FINAL));
    expect(chat.fromBot()).toMatchObject([{ text: 'Once upon a time', editedTimes: 1 }]);
    expect(telegram.requests({ method: 'editMessageText' }).map(({ status }) => status)).toEqual([429, 200]);
    expect(opened.clock.now()).toBe(1_200 + 5_000);
  });

  it('a final is not kept for longer than 10 s: its caller learns how long', async () => {
    const opened = await openCalls();
    const { calls, run } = opened;
    const chat = direct(opened);
    refuse(opened, 126);
    const sent = calls.send(targetOf(chat), text('Hello'), FINAL);
    await expect(run(sent)).rejects.toMatchObject({
      code: 'busy',
      retryable: true,
      hint: expect.stringContaining('126 s'),
    });
    await expect(calls.send(targetOf(chat), text('Hello'), FINAL)).rejects.toMatchObject({ code: 'busy' });
    expect(opened.telegram.requests()).toHaveLength(1);
  });

  it('a final ends when its signal does', async () => {
    const opened = await openCalls();
    const chat = direct(opened);
    refuse(opened, 9, 20);
    const leaving = new AbortController();
    opened.clock.after(30_000, () => leaving.abort(new Error('enough')));
    const sent = opened.calls.send(targetOf(chat), text('Hello'), { ...FINAL, signal: leaving.signal });
    await expect(opened.run(sent)).rejects.toThrow('enough');
    expect(opened.clock.now()).toBe(30_000);
  });

  it('that somebody else brought about, every final arrives', async () => {
    const opened = await openCalls({ limits: 'real' });
    const { api, calls, run } = opened;
    const chat = direct(opened);
    for (let count = 0; count < 5; count += 1) await api.sendMessage(chat.id, 'before we started');
    await run(Promise.all([1, 2, 3].map((count) => calls.send(targetOf(chat), text(`${count}`), FINAL))));
    expect(chat.refusals()).toBeGreaterThan(0);
    expect(textsOf(chat).slice(5).toSorted()).toEqual(['1', '2', '3']);
  });
});

describe('the limits of Telegram', () => {
  it('are shared by all that is sent and edited in a chat', async () => {
    const opened = await openCalls();
    const { calls, clock, run } = opened;
    const target = targetOf(direct(opened));
    const id = await calls.send(target, text('Wait'), FINAL);
    await calls.edit(target, id, text('Wait a little'), FINAL);
    await calls.setButtons(target, id, [[{ text: 'Stop', data: 's' }]], FINAL);
    await run(calls.remove(target, id));
    expect(clock.now()).toBe(1_000);
    await run(calls.draft(target, 1, text('Once')));
    expect(clock.now()).toBe(4_000);
  });

  it('are never met by ten long answers in direct chats, each with previews and parts', async () => {
    const opened = await openCalls({ limits: 'real' });
    const { calls, run } = opened;
    const chats = Array.from({ length: 10 }, () => direct(opened));
    await run(
      Promise.all(
        chats.map(async (chat) => {
          const target = targetOf(chat);
          const id = await calls.send(target, text('Wait'), { ...FINAL, silent: true });
          for (let count = 1; count <= 20; count += 1) {
            await calls.edit(target, id, text(`${count} words`), PREVIEW);
          }
          await calls.edit(target, id, text('part 1'), FINAL);
          for (const part of ['part 2', 'part 3', 'part 4', 'part 5']) {
            await calls.send(target, text(part), { ...FINAL, replyTo: id });
          }
        }),
      ),
    );
    for (const chat of chats) {
      expect(textsOf(chat)).toEqual(['part 1', 'part 2', 'part 3', 'part 4', 'part 5']);
      expect(chat.refusals()).toBe(0);
    }
  });

  it('are never met in a group where several are answered at once, and finals arrive in order', async () => {
    const opened = await openCalls({ limits: 'real' });
    const { calls, run, telegram } = opened;
    const group = telegram.supergroup({ title: 'Group', members: [telegram.person({ name: 'Ada' })] });
    const target = targetOf(group);
    const finals: Promise<number>[] = [];
    const growing = async (name: string) => {
      const id = await calls.send(target, text(name), FINAL);
      for (let count = 1; count <= 10; count += 1)
        await calls.edit(target, id, text(`${name} ${count}`), PREVIEW);
    };
    const grown = Promise.all(['a', 'b', 'c'].map(growing));
    for (let count = 1; count <= 30; count += 1)
      finals.push(calls.send(target, text(`final ${count}`), FINAL));
    await run(Promise.all([grown, ...finals]));
    expect(group.refusals()).toBe(0);
    expect(textsOf(group).filter((line) => line.startsWith('final'))).toEqual(
      finals.map((_, index) => `final ${index + 1}`),
    );
  });

  it('are never met by a hundred people at once', async () => {
    const opened = await openCalls({ limits: 'real' });
    const chats = Array.from({ length: 100 }, () => direct(opened));
    await opened.run(
      Promise.all(chats.map((chat) => opened.calls.send(targetOf(chat), text('Hello'), FINAL))),
    );
    expect(chats.map(textsOf)).toEqual(chats.map(() => ['Hello']));
    expect(chats.every((chat) => chat.refusals() === 0)).toBe(true);
    expect(opened.clock.now()).toBe(3_300);
  });
});
