import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/chat/exchange.ts';
import { judge, type Seen, type SeenEntry } from './judge.ts';
import { answerTo, makeQuestions, type Question } from './questions.ts';

const chats = makeQuestions(2, 3, 1);
const all = chats.flat();
const [first, second, third] = chats[0] as readonly [Question, Question, Question];

function answered(text: string): Outcome {
  return {
    kind: 'answer',
    answer: {
      text,
      from: 'local',
      provenance: { model: 'talker:7b', by: 'default', reason: 'no rule matched' },
      finished: 'stop',
      promptTokens: 1,
      tokens: 1,
      seconds: 1,
      waitSeconds: 0,
    },
  };
}

function entry({ id, text }: Question, more: Partial<SeenEntry> = {}): SeenEntry {
  const cursor = String(1 + all.findIndex((question) => question.id === id)).padStart(4, '0');
  return { id: `job-${id}`, cursor, question: text, outcome: answered(answerTo(text)), ...more };
}

function request(question: Question, history: readonly Question[]) {
  const turns = history.flatMap(({ text }) => [
    { role: 'user', content: text },
    { role: 'assistant', content: answerTo(text) },
  ]);
  return { messages: [...turns, { role: 'user', content: question.text }] };
}

/** A round in which the promise held; `log` replaces what the first chat kept. */
function round(
  more: Partial<Seen> = {},
  log: readonly SeenEntry[] = chats[0]?.map((one) => entry(one)) ?? [],
): Seen {
  const logs = new Map(
    chats.map((questions) => [questions[0]?.chat ?? '', questions.map((one) => entry(one))] as const),
  ).set(first.chat, [...log]);
  return {
    chats,
    acknowledged: new Map(all.map(({ id }) => [id, `job-${id}`])),
    connections: [...logs].map(([chat, entries]) => ({ chat, after: undefined, entries })),
    logs,
    requests: chats.flatMap((questions) => questions.map((one, at) => request(one, questions.slice(0, at)))),
    resent: new Map(all.map(({ id }) => [id, 'duplicate'])),
    left: { waiting: 0, running: 0, atOllama: 0 },
    kills: 1,
    ...more,
  };
}

function kinds(seen: Seen): readonly string[] {
  return [...new Set(judge(seen).faults.map(({ kind }) => kind))];
}

const failure: Outcome = { kind: 'failure', failure: { code: 'mid_stream', message: 'It broke off.' } };
const connection = (after: string | undefined, ...entries: SeenEntry[]) => ({
  chat: first.chat,
  after,
  entries,
});
const others = round().connections.slice(1);
const followed = (...connections: Seen['connections'][number][]) =>
  round({ connections: [...connections, ...others] });

describe('the judge of a round with kills', () => {
  it('finds nothing where the promise held', () => {
    expect(judge(round())).toMatchObject({ faults: [], repeated: 0 });
  });

  it.each<[string, Seen, string]>([
    ['an answer is missing', round({}, [entry(first), entry(second)]), 'lost'],
    ['a question was never acknowledged', round({ acknowledged: new Map() }), 'lost'],
    [
      'an answer is kept twice',
      round({}, [entry(first), entry(second), entry(second, { cursor: '0009' }), entry(third)]),
      'doubled',
    ],
    [
      'an answer is kept twice under two jobs',
      round({}, [entry(first), entry(second), entry(second, { id: 'another' }), entry(third)]),
      'doubled',
    ],
    ['answers are out of order', round({}, [entry(second), entry(first), entry(third)]), 'out of order'],
    [
      'an answer is cut short',
      round({}, [entry(first, { outcome: answered('You asked') }), entry(second), entry(third)]),
      'incomplete',
    ],
    [
      'a person was only told of a failure that nothing but the kill explains',
      round({}, [entry(first, { outcome: failure }), entry(second), entry(third)]),
      'incomplete',
    ],
    [
      'an answer belongs to another question',
      round({}, [
        entry(first, { outcome: answered(answerTo(second.text)) }),
        entry(second, { outcome: answered(answerTo(first.text)) }),
        entry(third),
      ]),
      'incomplete',
    ],
    [
      'a job is kept with the text of another',
      round({}, [entry(first), entry(second, { question: first.text }), entry(third)]),
      'mixed',
    ],
    ['a history lacks an exchange', round({ requests: [request(third, [first])] }), 'mixed'],
    ['a history holds an exchange twice', round({ requests: [request(second, [first, first])] }), 'mixed'],
    [
      'a history holds another chat',
      round({ requests: [request(second, [chats[1]?.[0] ?? first])] }),
      'mixed',
    ],
    [
      'Ollama was asked what nobody asked',
      round({ requests: [request({ ...first, text: 'x' }, [])] }),
      'mixed',
    ],
    [
      'an earlier question is asked after a later one',
      round({ requests: [request(second, [first]), request(first, [])] }),
      'out of order',
    ],
    [
      'a question is asked more often than the bot was killed',
      round({ requests: [request(first, []), request(first, []), request(first, [])] }),
      'doubled',
    ],
    ['an id is taken once more', round({ resent: new Map(all.map(({ id }) => [id, 'taken'])) }), 'doubled'],
    ['something still waits', round({ left: { waiting: 1, running: 0, atOllama: 0 } }), 'left over'],
    ['Ollama still works', round({ left: { waiting: 0, running: 0, atOllama: 1 } }), 'left over'],
    ['a follower misses an answer', followed(connection(undefined, entry(first), entry(second))), 'lost'],
    [
      'a follower that resumes is not told what came while it was away',
      followed(connection(undefined, entry(first)), connection('0001', entry(third))),
      'lost',
    ],
    [
      'a follower is told out of order',
      followed(connection(undefined, entry(second), entry(first), entry(third))),
      'out of order',
    ],
    [
      'a follower is told something else than is kept',
      followed(
        connection(undefined, entry(first, { outcome: failure })),
        connection(undefined, entry(first), entry(second), entry(third)),
      ),
      'doubled',
    ],
  ])('notices when %s', (_, seen, kind) => {
    expect(kinds(seen)).toContain(kind);
  });

  it('counts, and allows, an outcome that is told again after a kill', () => {
    const again = [
      connection(undefined, entry(first), entry(second)),
      connection('0002', entry(second), entry(third), entry(third)),
    ];
    expect(judge(followed(...again))).toMatchObject({ faults: [], repeated: 2 });
  });
});
