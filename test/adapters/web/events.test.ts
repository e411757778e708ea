import { expect, test } from 'vitest';
import { until } from './fake-front.ts';
import { openStream } from './sse.ts';
import { bodyOf, send, startWeb } from './start.ts';

async function startAsked(change = {}) {
  const web = await startWeb(change);
  const events = `${web.url}/api/chats/home/events`;
  const ask = async (id: string): Promise<string> => {
    const reply = await send(`${web.url}/api/chats/home/messages`, { id, text: id });
    return (await bodyOf(reply)).job;
  };
  return { ...web, events, ask };
}

const types = (frames: readonly { event?: string }[]) => frames.map((frame) => frame.event);

test('a conversation is replayed, then followed live', async () => {
  const { events, ask, fake } = await startAsked();
  fake.answer(await ask('first'));
  const job = await ask('second');
  const stream = await openStream(events);
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
  expect(types(await stream.upTo('live'))).toEqual(['entry', 'asked', 'progress', 'live']);
  fake.say(job, 'Good ');
  fake.say(job, 'day');
  fake.answer(job);
  const live = await stream.upTo('entry');
  expect(types(live)).toEqual(['text', 'text', 'entry']);
  expect(live[0]).toMatchObject({ data: { type: 'text', job, text: 'Good ' } });
  expect(live[0]).not.toHaveProperty('id');
  expect(live[2]).toMatchObject({ id: '2', data: { id: job, cursor: '2' } });
});

test('an end brings what people read of it, and nothing else needs it', async () => {
  const { url, events, ask, fake } = await startAsked();
  fake.answer(await ask('first'), { simulated: true, finished: 'length' });
  fake.fail(await ask('second'), { code: 'busy', message: 'Too much.', hint: 'Wait.' });
  await send(`${url}/api/chats/home/new`, {});
  const stream = await openStream(events);
  const [answered, failed, fresh] = await stream.upTo('live');
  expect(answered).toMatchObject({
    data: {
      words: {
        provenance: '🏠 qwen2.5:7b · rule “code” · 3.2\u00a0s · 41\u00a0tok/s · simulated',
        notices: ['The model stopped at its longest answer: it may be incomplete.'],
        facts: '42 tokens read, 82 written; it waited 1.2\u00a0s before it began.',
      },
    },
  });
  expect(failed).toMatchObject({ data: { words: { failure: ['Too much.', 'Wait.'] } } });
  expect(fresh).not.toHaveProperty('data.words');
});

test('a stream resumes after the cursor, and Last-Event-ID goes before the address', async () => {
  const { events, ask, fake } = await startAsked();
  for (const id of ['a', 'b', 'c']) fake.answer(await ask(id));
  const byAddress = await openStream(`${events}?after=2`);
  expect(types(await byAddress.upTo('live'))).toEqual(['entry', 'live']);
  const byHeader = await openStream(`${events}?after=1`, { 'last-event-id': '3' });
  expect(types(await byHeader.upTo('live'))).toEqual(['live']);
});

test('a client that leaves ends what followed for it', async () => {
  const { events, fake } = await startAsked();
  const stream = await openStream(events);
  await stream.upTo('live');
  expect(fake.openFollows()).toBe(1);
  stream.leave();
  await until(() => fake.openFollows() === 0);
});

test('a HEAD request follows nothing', async () => {
  const { events, fake } = await startAsked();
  expect((await fetch(events, { method: 'HEAD' })).status).toBe(200);
  expect(fake.openFollows()).toBe(0);
});

test('comments keep a quiet stream open', async () => {
  const { events } = await startAsked({ heartbeatSeconds: 0.01 });
  const stream = await openStream(events);
  await stream.upTo('live');
  expect(await stream.next()).toEqual({ comment: true });
  expect(await stream.next()).toEqual({ comment: true });
});

test('closing the server ends streams cleanly and stops accepting', async () => {
  const { events, fake, server } = await startAsked();
  const streams = await Promise.all([openStream(events), openStream(events)]);
  for (const stream of streams) await stream.upTo('live');
  await server.close();
  expect(fake.openFollows()).toBe(0);
  // A torn connection would reject here.
  for (const stream of streams) expect(await stream.next()).toBeUndefined();
  await expect(fetch(events)).rejects.toThrow();
});

test('a conversation that cannot be read is logged and the stream ends', async () => {
  const { events, fake, errors } = await startAsked();
  const broken = new Error('the log is damaged');
  fake.refuseNext(broken);
  const stream = await openStream(events);
  await expect(stream.upTo('live')).rejects.toThrow('ended before live');
  expect(errors).toEqual([broken]);
});
