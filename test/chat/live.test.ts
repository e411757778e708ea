import { describe, expect, it } from 'vitest';
import type { KeptEntry } from '../../src/chat/conversations.ts';
import type { ConversationEvent } from '../../src/chat/front.ts';
import { createLive } from '../../src/chat/live.ts';
import { jobOf } from '../fakes/job.ts';

const CHAT = 'web:one';

function fresh(cursor: string): KeptEntry {
  return { id: `entry-${cursor}`, cursor, entry: { kind: 'new', at: 0 } };
}

/** Live over a list of kept entries; reading them waits until `read` is called, if asked to. */
function openLive(kept: KeptEntry[] = [], slow = false) {
  let read = () => {};
  const gate = new Promise<void>((resolve) => {
    read = resolve;
  });
  const live = createLive({
    async entries(_, after) {
      const found = kept.filter(({ cursor }) => after === undefined || cursor > after);
      if (slow) await gate;
      return found;
    },
  });
  return { live, read };
}

function collect(live: ReturnType<typeof createLive>, after?: string) {
  const leave = new AbortController();
  const events: ConversationEvent[] = [];
  const over = (async () => {
    const options = { signal: leave.signal, ...(after !== undefined && { after }) };
    for await (const event of live.follow(CHAT, options)) {
      events.push(event);
      if (event.type === 'entry' && event.cursor === 'end') leave.abort();
    }
  })();
  return { events, over };
}

const types = (events: readonly ConversationEvent[]) =>
  events.map((event) => ('text' in event ? `${event.type} ${event.text}` : event.type));

describe('who follows a conversation', () => {
  it('is told what was kept, then what is under way, then what happens', async () => {
    const { live } = openLive([fresh('1')]);
    const reply = live.openReply(jobOf(1));
    reply.progress({ stage: 'generating', model: 'a' });
    reply.thinking('hm');
    reply.text('Hel');
    const { events, over } = collect(live);
    await new Promise((resolve) => setImmediate(resolve));
    reply.text('lo');
    live.kept(CHAT, fresh('end'));
    await over;
    const told = types(events);
    expect(told.slice(0, 4)).toEqual(['entry', 'asked', 'progress', 'thinking hm']);
    expect(
      told
        .filter((line) => line.startsWith('text'))
        .join('')
        .replaceAll('text ', ''),
    ).toBe('Hello');
  });

  it('misses nothing and hears nothing twice of what happens while the kept entries are read', async () => {
    const kept = [fresh('1')];
    const { live, read } = openLive(kept, true);
    const { events, over } = collect(live);
    const reply = live.openReply(jobOf(1));
    reply.text('one');
    live.kept(CHAT, fresh('1'));
    live.kept(CHAT, fresh('2'));
    reply.text(' two');
    read();
    live.kept(CHAT, fresh('end'));
    await over;
    const cursors = events.flatMap((event) => (event.type === 'entry' ? [event.cursor] : []));
    expect(cursors).toEqual(['1', '2', 'end']);
    const text = events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('');
    expect(text).toBe('one two');
  });

  it('resumes after a cursor', async () => {
    const { live } = openLive([fresh('1'), fresh('2')]);
    const { events, over } = collect(live, '1');
    await new Promise((resolve) => setImmediate(resolve));
    live.kept(CHAT, fresh('end'));
    await over;
    expect(events.flatMap((event) => (event.type === 'entry' ? [event.cursor] : []))).toEqual(['2', 'end']);
  });

  it('of one chat hears nothing of another', async () => {
    const { live } = openLive();
    const { events, over } = collect(live);
    live.openReply(jobOf(1, 'web:two')).text('secret');
    live.kept('web:two', fresh('9'));
    live.kept(CHAT, fresh('end'));
    await over;
    expect(types(events)).not.toContain('text secret');
    expect(events.filter(({ type }) => type === 'entry')).toHaveLength(1);
  });

  it('is let go when too far behind, instead of filling the memory', async () => {
    const { live } = openLive();
    const following = live.follow(CHAT, { signal: new AbortController().signal });
    expect((await following.next()).value).toEqual({ type: 'live' });
    for (let cursor = 0; cursor < 6_000; cursor += 1) live.kept(CHAT, fresh(`${cursor}`));
    const ended = await following.next();
    expect(ended.done).toBe(true);
  });

  it('gets text that was not fetched yet in one piece', async () => {
    const { live } = openLive();
    const following = live.follow(CHAT, { signal: new AbortController().signal });
    await following.next();
    const reply = live.openReply(jobOf(1));
    for (const text of ['a', 'b', 'c']) reply.text(text);
    await following.next();
    expect((await following.next()).value).toMatchObject({ type: 'text', text: 'abc' });
  });
});
