import { describe, expect, it } from 'vitest';
import type { BotMessage } from './telegram-answer.ts';
import { judgeTelegram } from './telegram-judge.ts';
import { makeTelegramQuestions, modelFor, telegramAnswerTo } from './telegram-questions.ts';
import type { BotCall } from './telegram-record.ts';
import type { Asked, Place, TelegramSeen } from './telegram-seen.ts';

const GROUP = -4;
/** A text whose answer takes two messages. */
const LONG = longText();

function longText(): string {
  const texts = makeTelegramQuestions([40], 1, () => 1).flat();
  const found = texts.find(({ text }) => telegramAnswerTo(text).length > 5_000);
  if (!found) throw new Error('None is long.');
  return found.text;
}

const asked = (text: string, message: number, edited?: string): Asked => ({
  text,
  message,
  job: `j${message}`,
  ...(edited !== undefined && { edited }),
});
const first = asked('talk 0 of place 90 in round 1', 1);
const long = asked(LONG, 2);
const edited = asked('talk 2 of place 90 in round 1', 3, 'talk 2 of place 90 in round 1 edited');
const inGroup = asked('talk 0 of place 91 in round 1', 4);
const PLACES: readonly Place[] = [
  { chat: 7, thread: undefined, isGroup: false, questions: [first, long, edited] },
  { chat: GROUP, thread: 5, isGroup: true, questions: [inGroup] },
];

const footer = (text: string) => `\n\n🏠 ${modelFor(text)} · default · 1 s`;
const stop = (job: string) => [{ label: '⏹ Stop', data: `s:${job}` }];

type Sketch = Partial<BotMessage> & { readonly text: string; readonly buttons?: ReturnType<typeof stop> };

function message(id: number, { text, buttons = [], ...more }: Sketch): BotMessage {
  const place = { chat: 7, thread: undefined, replyTo: undefined };
  return { ...place, id, looks: [{ text, buttons }], settledAt: id, deleted: false, ...more };
}

function answer(id: number, text: string, more: Partial<Sketch> = {}): BotMessage {
  return message(id, { text: telegramAnswerTo(text) + footer(text), ...more });
}

const [longHead, longTail] = halves(telegramAnswerTo(LONG));

function halves(text: string): readonly [string, string] {
  const at = text.indexOf('word300');
  return [text.slice(0, at), text.slice(at)];
}

const head = message(12, { text: longHead });
const tail = message(13, { text: longTail + footer(LONG), replyTo: 12 });
const whole: readonly BotMessage[] = [
  answer(11, first.text),
  head,
  tail,
  answer(14, edited.edited ?? ''),
  answer(15, inGroup.text, { chat: GROUP, thread: 5, replyTo: 4 }),
];

const send = (message: number, more: Partial<BotCall> = {}): BotCall => ({
  life: 2,
  kind: 'send',
  chat: 7,
  message,
  answerLost: false,
  ...more,
});

const turns = (texts: readonly string[]) =>
  texts.flatMap((text) => [
    { role: 'user', content: text },
    { role: 'assistant', content: telegramAnswerTo(text) },
  ]);
const request = (text: string, ...earlier: readonly string[]) => ({
  messages: [...turns(earlier), { role: 'user', content: text }],
});

/** A round of two processes in which the promise held. */
function round(more: Partial<TelegramSeen> = {}): TelegramSeen {
  return {
    places: PLACES,
    messages: whole,
    calls: [],
    lives: 2,
    requests: [
      request(first.text),
      request(LONG, first.text),
      request(edited.edited ?? '', first.text, LONG),
      request(inGroup.text),
    ],
    left: { waiting: 0, running: 0, atOllama: 0, unconfirmed: 0 },
    kills: 1,
    ...more,
  };
}

const without = (...ids: readonly number[]) => whole.filter(({ id }) => !ids.includes(id));
const instead = (id: number, other: BotMessage) => whole.map((one) => (one.id === id ? other : one));
const card = message(20, { text: '⏳ talker:7b is reading the question', buttons: stop('j1') });
const again = answer(21, first.text);
const preview = message(22, { text: 'You asked: talk 0 of pl', buttons: stop('j1') });
const secondTail = { ...tail, id: 23 };
const change = (message: number) => send(message, { kind: 'change' });

const kinds = (seen: TelegramSeen) => [...new Set(judgeTelegram(seen).faults.map(({ kind }) => kind))];

describe('the judge of a round on Telegram', () => {
  it('finds nothing where the promise held', () => {
    expect(judgeTelegram(round())).toMatchObject({ faults: [], extra: { cards: 0, parts: 0 } });
  });

  it.each<[string, TelegramSeen, string]>([
    ['an answer is missing', round({ messages: without(11) }), 'lost'],
    [
      'an answer was deleted',
      round({ messages: instead(11, { ...answer(11, first.text), deleted: true }) }),
      'lost',
    ],
    ['only a card is there', round({ messages: instead(11, card) }), 'lost'],
    ['a part is missing', round({ messages: without(13) }), 'incomplete'],
    [
      'a part goes on from another message',
      round({ messages: instead(13, { ...tail, replyTo: 11 }) }),
      'incomplete',
    ],
    [
      'the parts stand in another order',
      round({ messages: [...without(12, 13), { ...head, id: 13 }, { ...tail, id: 12, replyTo: 13 }] }),
      'incomplete',
    ],
    [
      'an answer is cut short',
      round({
        messages: instead(11, message(11, { text: `You asked: ${first.text}. word0${footer(first.text)}` })),
      }),
      'incomplete',
    ],
    [
      'nothing stands below an answer',
      round({ messages: instead(11, message(11, { text: telegramAnswerTo(first.text) })) }),
      'incomplete',
    ],
    [
      'another model is named below it',
      round({
        messages: instead(11, message(11, { text: `${telegramAnswerTo(first.text)}\n\n🏠 coder:7b · x` })),
      }),
      'incomplete',
    ],
    [
      'a half answer is left that can still be stopped',
      round({ messages: instead(11, answer(11, first.text, { buttons: stop('j1') })) }),
      'left over',
    ],
    ['a card is left', round({ messages: [...whole, card] }), 'left over'],
    ['an answer is there twice', round({ messages: [...whole, again] }), 'doubled'],
    ['a part is there twice', round({ messages: [...whole, secondTail] }), 'doubled'],
    ['a preview is left', round({ messages: [...whole, preview] }), 'doubled'],
    [
      'the bot says what nobody asked for',
      round({ messages: [...whole, message(24, { text: 'Hello' })] }),
      'mixed',
    ],
    [
      'an answer is complete before an earlier one',
      round({ messages: instead(11, answer(11, first.text, { settledAt: 99 })) }),
      'out of order',
    ],
    [
      'an answer stands below a later one',
      round({ messages: instead(11, answer(16, first.text, { settledAt: 11 })) }),
      'out of order',
    ],
    [
      'an answer is in another topic',
      round({ messages: instead(15, answer(15, inGroup.text, { chat: GROUP, thread: 6, replyTo: 4 })) }),
      'lost',
    ],
    [
      'an answer in a group replies to another message',
      round({ messages: instead(15, answer(15, inGroup.text, { chat: GROUP, thread: 5, replyTo: 3 })) }),
      'mixed',
    ],
    [
      'an edit is neither answered nor offered',
      round({ messages: instead(14, answer(14, edited.text)) }),
      'lost',
    ],
    ['an update is not confirmed', round({ left: { ...round().left, unconfirmed: 1 } }), 'left over'],
    ['something still waits', round({ left: { ...round().left, waiting: 1 } }), 'left over'],
    ['Ollama still works', round({ left: { ...round().left, atOllama: 1 } }), 'left over'],
    [
      'a question is asked more often than the bot was killed',
      round({ requests: [request(first.text), request(first.text), request(first.text)] }),
      'doubled',
    ],
    ['a history lacks an exchange', round({ requests: [request(LONG)] }), 'mixed'],
    ['a history holds another chat', round({ requests: [request(inGroup.text, first.text)] }), 'mixed'],
    [
      'Ollama was asked what nobody asked',
      round({ requests: [request('talk 9 of place 9 in round 1')] }),
      'mixed',
    ],
    [
      'an earlier question is asked after a later one',
      round({ requests: [request(LONG, first.text), request(first.text)] }),
      'out of order',
    ],
  ])('notices when %s', (_, seen, kind) => {
    expect(kinds(seen)).toContain(kind);
  });

  it('takes the first text of an edited question where the edit is offered', () => {
    const offer = [{ label: '↻ Answer the edited question', data: 'e:j3' }];
    const messages = instead(14, answer(14, edited.text, { buttons: offer }));
    const requests = round().requests.filter((_, at) => at !== 2);
    expect(kinds(round({ messages, requests }))).toEqual([]);
  });

  it('counts, and allows, an edit that was not offered where who confirmed it was killed', () => {
    const messages = instead(14, answer(14, edited.text));
    const [direct, group] = PLACES;
    const seen = (editTakenBy: number) => {
      const questions = direct?.questions.map((one) => (one === edited ? { ...one, editTakenBy } : one));
      const places = [{ ...direct, questions }, group] as TelegramSeen['places'];
      return round({ messages, places, requests: [] });
    };
    expect(judgeTelegram(seen(1))).toMatchObject({ faults: [], unoffered: 1 });
    expect(kinds(seen(2))).toEqual(['lost']);
  });

  describe.each([
    ['a card', card, { cards: 1, parts: 0 }],
    ['a whole answer', again, { cards: 0, parts: 1 }],
    ['a preview', preview, { cards: 0, parts: 1 }],
    ['a further part', secondTail, { cards: 0, parts: 1 }],
  ] as const)('counts %s too many', (_, extra, counted) => {
    const messages = [...whole, extra];

    it('and allows it as the last doing of a killed process for that answer', () => {
      const calls = [send(extra.id, { life: 1 }), send(11), send(12), send(13)];
      expect(judgeTelegram(round({ messages, calls }))).toMatchObject({ faults: [], extra: counted });
    });

    it('and allows it where the connection was cut', () => {
      const calls = [send(extra.id, { answerLost: true }), send(11), send(12), send(13)];
      expect(judgeTelegram(round({ messages, calls }))).toMatchObject({ faults: [], extra: counted });
    });

    it('and does not allow it where its process lived on', () => {
      expect(kinds(round({ messages, calls: [send(extra.id)] }))).not.toEqual([]);
    });

    it('and does not allow it where the killed process had gone on with that answer', () => {
      const calls = [send(extra.id), change(extra.id)].map((call) => ({ ...call, life: 1 }));
      expect(kinds(round({ messages, calls }))).not.toEqual([]);
    });
  });

  it('allows only one message too many for each answer and kill', () => {
    const messages = [...whole, preview, again];
    const calls = [send(preview.id, { life: 1 }), send(again.id, { life: 1 })];
    expect(judgeTelegram(round({ messages, calls })).faults).toHaveLength(1);
  });
});
