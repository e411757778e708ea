import { describe, expect, it } from 'vitest';
import { keepSaying } from '../../src/attend/keep-saying.ts';
import { createSaying } from '../../src/attend/saying.ts';
import type { Said } from '../../src/chat/command.ts';
import { OstlerError } from '../../src/errors.ts';
import type { EditOptions, Messages } from '../../src/reply/messages.ts';
import type { Platform } from '../../src/reply/platform.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';
import { steppingClock } from '../reply/stepping-clock.ts';

const plain = (text: string) => ({ markup: text, visible: text });
const PLATFORM: Platform = {
  name: 'Test',
  id: 'test',
  createParts: () => ({ parts: (markdown: string) => (markdown === '' ? [] : [markdown]) }),
  render: plain,
  plain,
  aside: plain,
  mostCharacters: 100,
  typingEveryMs: 1_000,
  againBelowAnswers: false,
  askedBy: () => undefined,
};
const TO = { address: { platform: 'test', chat: 'c' } };
const STOP: Said['offer'] = { command: 'stop', choices: [{ value: 'loads', label: 'Cancel' }] };

type Edit = { readonly text: string; readonly urgency: string; readonly buttons: number };
type Turn = (options: EditOptions) => Promise<unknown>;

/** A message that is edited; `turn` is what a call meets before it goes out. */
function scene() {
  const clock = steppingClock();
  const { logger } = quietPorts();
  const edits: Edit[] = [];
  const sent: string[] = [];
  const waiting: Said[] = [];
  let wake = () => {};
  let isOver = false;
  let turn: Turn = async () => {};
  let end: 'edited' | 'gone' = 'edited';

  const messages: Pick<Messages, 'send' | 'edit'> = {
    async send(_, content) {
      const { visible } = typeof content === 'function' ? content() : content;
      sent.push(visible);
      return sent.length;
    },
    async edit(_, _id, content, options) {
      await turn(options);
      const { visible } = typeof content === 'function' ? content() : content;
      edits.push({ text: visible, urgency: options.urgency, buttons: options.buttons?.flat().length ?? 0 });
      return end;
    },
  };

  async function* more(): AsyncGenerator<Said> {
    while (waiting.length > 0 || !isOver) {
      const said = waiting.shift();
      if (said) yield said;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  const needs = { messages, platform: PLATFORM, clock, logger };
  const settle = () => clock.runUntil(clock.now());

  return {
    clock,
    edits,
    sent,
    more: more(),
    settle,
    begin: () => keepSaying(more(), { to: TO, id: 1 }, needs),
    say: createSaying(needs)(TO, { group: false }),
    async says(markdown: string, offer?: Said['offer']) {
      waiting.push({ markdown, ...(offer && { offer }) });
      wake();
      await settle();
    },
    async ends() {
      isOver = true;
      wake();
      await settle();
    },
    setTurn: (next: Turn) => {
      turn = next;
    },
    vanish: () => {
      end = 'gone';
    },
  };
}

describe('what is said in the place of a message', () => {
  it('is the newest at most every 3 s, and the last in any case', async () => {
    const { begin, says, ends, edits, clock } = scene();
    const done = begin();
    for (const left of [9, 8, 7]) await says(`${left} s left`, STOP);
    expect(edits).toEqual([{ text: '9 s left', urgency: 'preview', buttons: 1 }]);
    await clock.runUntil(3_000);
    expect(edits.at(-1)).toEqual({ text: '7 s left', urgency: 'preview', buttons: 1 });
    await says('6 s left', STOP);
    await says('It is loaded.');
    await ends();
    await done;
    expect(edits.slice(2)).toEqual([{ text: 'It is loaded.', urgency: 'final', buttons: 0 }]);
    expect(clock.timers()).toBe(0);
  });

  it('is not shown twice where nothing was said since', async () => {
    const { begin, says, ends, edits } = scene();
    const done = begin();
    await says('It is loaded.');
    await ends();
    await done;
    expect(edits).toHaveLength(1);
  });

  it('takes no turn on the way that the last one would have to wait for', async () => {
    const { begin, says, ends, edits, setTurn } = scene();
    setTurn(({ urgency, signal }) =>
      urgency === 'final'
        ? Promise.resolve()
        : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    );
    const done = begin();
    await says('9 s left');
    await says('It is loaded.');
    expect(edits).toEqual([]);
    await ends();
    await done;
    expect(edits).toEqual([{ text: 'It is loaded.', urgency: 'final', buttons: 0 }]);
  });

  it('is left out on the way where there is no room', async () => {
    const { begin, says, ends, edits, setTurn, clock } = scene();
    setTurn(async () => {
      throw new OstlerError('Not now.', { code: 'busy', retryable: true });
    });
    const done = begin();
    await says('9 s left');
    setTurn(async () => {});
    await says('8 s left');
    await clock.runUntil(3_000);
    await ends();
    await done;
    expect(edits.map(({ text }) => text)).toEqual(['8 s left']);
  });

  it('needs nobody where the message is gone, and what was ordered goes on', async () => {
    const { begin, says, ends, edits, vanish } = scene();
    vanish();
    const done = begin();
    await says('9 s left');
    await done;
    await says('It is loaded.');
    await ends();
    expect(edits).toHaveLength(1);
  });
});

it('what is said later holds up nothing else that is said in the chat', async () => {
  const { say, more, sent, settle, says, ends, edits } = scene();
  say.said({ markdown: 'Loading', more });
  say.said({ markdown: 'Something else' });
  await settle();
  expect(sent).toEqual(['Loading', 'Something else']);
  await says('It is loaded.');
  await ends();
  expect(edits).toMatchObject([{ text: 'It is loaded.' }]);
});
