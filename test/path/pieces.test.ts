import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { continues, join, rewrite } from '../../src/path/pieces.ts';

const first: Message = {
  id: '1',
  address: { platform: 'telegram', chat: '7' },
  person: { id: '7' },
  kind: 'direct',
  text: 'one',
  images: [],
  gather: { key: 'paste:7', until: 600 },
  sentAt: 0,
};
const next: Message = { ...first, id: '2', text: 'two', gather: { key: 'paste:7', until: 900 } };
const { gather: _, ...ungathered } = first;

describe('a message continues a question', () => {
  it.each([
    ['of the same key in time', first, next, 599, true],
    ['of the same key too late', first, next, 600, false],
    ['of another key', first, { ...next, gather: { key: 'paste:8', until: 900 } }, 0, false],
    ['that gathers nothing', ungathered, next, 0, false],
    ['without a key', first, { ...ungathered, id: '2' }, 0, false],
  ])('%s', (_name, question, message, now, expected) => {
    expect(continues(question, message, now)).toBe(expected);
  });
});

describe('a question of several messages', () => {
  it('keeps the first id, has all texts and pictures in order, and waits for the last of them', () => {
    const pictured = { ...next, text: '', remoteImages: [{ id: 'b', mediaType: 'image/jpeg' }] };
    const whole = join(join(first, pictured), { ...next, id: '3', text: 'three' });
    expect(whole).toMatchObject({
      id: '1',
      text: 'one\nthree',
      remoteImages: [{ id: 'b' }],
      gather: { until: 900 },
      parts: [
        { id: '1', text: 'one' },
        { id: '2', text: '' },
        { id: '3', text: 'three' },
      ],
    });
  });

  it('changes only the piece that was edited', () => {
    const whole = join(first, next);
    expect(rewrite(whole, { ...next, text: 'TWO' })).toMatchObject({ id: '1', text: 'one\nTWO' });
  });

  it('of one message becomes the edited one, sent when it was sent', () => {
    expect(rewrite(first, { ...first, text: 'ONE', sentAt: 9 })).toMatchObject({ text: 'ONE', sentAt: 0 });
  });
});
