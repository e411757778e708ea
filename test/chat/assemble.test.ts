import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/chat/assemble.ts';
import type { Exchange, Outcome } from '../../src/chat/exchange.ts';

const PROVENANCE = { model: 'a', by: 'default', reason: '' } as const;

function exchange(question: string, outcome: Outcome | string, standalone = false): Exchange {
  const answer = (text: string): Outcome => ({
    kind: 'answer',
    answer: {
      text,
      from: 'local',
      provenance: PROVENANCE,
      finished: 'stop',
      promptTokens: 1,
      tokens: 1,
      seconds: 1,
      waitSeconds: 0,
    },
  });
  return {
    kind: 'exchange',
    question: { text: question, images: [], person: { id: 'p' }, sentAt: 0, standalone },
    outcome: typeof outcome === 'string' ? answer(outcome) : outcome,
    takenAt: 0,
    at: 0,
  };
}

const ROOM = { contextTokens: 1_000, charactersPerToken: 4, numPredict: 100 };
const ask = (content: string) => ({ role: 'user', content }) as const;

describe('what is sent', () => {
  it('is the system prompt, the exchanges, the question', () => {
    const { turns, dropped } = assemble('Be brief.', [exchange('one?', 'One.')], ask('two?'), ROOM);
    expect(turns).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'one?' },
      { role: 'assistant', content: 'One.' },
      { role: 'user', content: 'two?' },
    ]);
    expect(dropped).toBe(0);
  });

  it('leaves out what failed, what stood alone and what was stopped before its first word', () => {
    const history = [
      exchange('failed?', { kind: 'failure', failure: { code: 'busy', message: '' } }),
      exchange('alone?', 'Alone.', true),
      exchange('stopped at once?', { kind: 'cancelled', text: '' }),
      exchange('stopped?', { kind: 'cancelled', text: 'Half of' }),
    ];
    const { turns } = assemble('', history, ask('now?'), ROOM);
    expect(turns.map(({ content }) => content)).toEqual(['stopped?', 'Half of', 'now?']);
  });

  it('says of earlier questions who asked, and what was quoted', () => {
    const { question, ...rest } = exchange('why?', 'Because.');
    const asked = { ...question, kind: 'group', person: { id: 'p', name: 'Ada' } } as const;
    const history = [{ ...rest, question: { ...asked, quoted: { text: 'No.', from: 'you' } } }];
    const { turns } = assemble('', history, ask('now?'), ROOM);
    expect(turns[0]?.content).toBe('You wrote:\n> No.\n\nAda: why?');
  });

  it('drops the oldest exchanges, whole, until a tenth of the context and the answer stay free', () => {
    // 1,000 tokens less 100 in reserve less 100 for the answer leave 800; each exchange takes 216.
    const history = Array.from({ length: 10 }, (_, index) =>
      exchange(`${index}`.repeat(400), 'x'.repeat(400)),
    );
    const { turns, dropped } = assemble('', history, ask('now?'), ROOM);
    expect(dropped).toBe(7);
    expect(turns.map(({ content }) => content[0])).toEqual(['7', 'x', '8', 'x', '9', 'x', 'n']);
  });

  it('never skips an exchange in the middle to fit an older one', () => {
    const history = [
      exchange('old?', 'Old.'),
      exchange('x'.repeat(4_000), 'Long.'),
      exchange('new?', 'New.'),
    ];
    const { turns } = assemble('', history, ask('now?'), ROOM);
    expect(turns.map(({ content }) => content)).toEqual(['new?', 'New.', 'now?']);
  });

  it('keeps a quarter of a small context for an answer without a limit', () => {
    const history = [exchange('x'.repeat(1_000), 'x'.repeat(1_400))];
    const unlimited = { ...ROOM, numPredict: -1 };
    expect(assemble('', history, ask('?'), unlimited).dropped).toBe(0);
    expect(assemble('', history, ask('?'), { ...unlimited, contextTokens: 900 }).dropped).toBe(1);
  });

  it('is refused where the question alone does not fit', () => {
    expect(() => assemble('', [], ask('x'.repeat(4_000)), ROOM)).toThrow(
      expect.objectContaining({ code: 'too_long', hint: expect.stringMatching(/^About 1008 tokens/) }),
    );
  });
});
