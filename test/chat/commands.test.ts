import { describe, expect, test } from 'vitest';
import {
  ADMINS_ONLY,
  type Call,
  type Command,
  choiceId,
  giveCommand,
  resolveChoice,
  type Said,
} from '../../src/chat/command.ts';
import { COMMANDS, findCommand } from '../../src/chat/commands.ts';
import { describeFailure } from '../../src/chat/describe-answer.ts';
import type { Exchange, Outcome } from '../../src/chat/exchange.ts';
import type { ModelView, StatusView } from '../../src/chat/status-view.ts';
import { OstlerError, toFailure } from '../../src/errors.ts';
import type { LlmStats } from '../../src/stats/llm-stats.ts';
import { statsOfModels } from '../fakes/llm-stats.ts';
import { fakeFront } from './fake-front.ts';

const ADDRESS = { platform: 'test', chat: 'c', thread: 't' };

function model(tag: string, more: Partial<ModelView> = {}): ModelView {
  return { tag, aliases: [], state: 'not_loaded', sizeBytes: 2e9, capabilities: ['completion'], ...more };
}

const MODELS = [
  model('qwen2.5:7b', { aliases: ['fast', 'small'], state: 'ready' }),
  model('qwen2.5:32b', { state: 'loading' }),
  model('llava:13b', { aliases: ['eyes'], state: 'failed', reason: 'out of *memory*' }),
];

type Setting = { readonly status?: Partial<StatusView>; readonly chosen?: string | null };
/** `bot-admin`: of the bot, not of the group. */
type Where = 'direct' | 'admin' | 'member' | 'bot-admin';

/** One chat in which commands are given, and all that the house was asked for. */
function chat(where: Where, { status = {}, chosen = null }: Setting = {}) {
  const { front, house, asked, noted, running, chosenNow } = fakeFront({ models: MODELS, ...status }, chosen);
  const call = (argument: string): Call => ({
    front,
    address: ADDRESS,
    person: { id: 'ada', name: 'Ada' },
    kind: where === 'direct' ? 'direct' : 'group',
    id: 'call-1',
    argument,
    role: where === 'bot-admin' ? 'admin' : 'user',
    isAdmin: async () => where === 'admin',
  });
  return {
    front,
    house,
    asked,
    noted,
    running,
    chosenNow,
    give: (name: string, argument = '') => giveCommand(named(name), call(argument)),
  };
}

function named(name: string): Command {
  const command = findCommand(name);
  if (!command) throw new Error(`there is no /${name}`);
  return command;
}

/** What a person reads of a command that was refused. */
async function refusal(given: Promise<Said>): Promise<string> {
  const error: unknown = await given.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(OstlerError);
  return describeFailure(toFailure(error));
}

const EVERYWHERE: readonly Where[] = ['direct', 'admin', 'member', 'bot-admin'];
const HOSTILE = [
  'x'.repeat(10_000),
  '*bold* [link](https://evil.example) `code` <b>html</b>',
  'fast\n\n# Heading\n- list',
  '\u202e\u200b\0',
  '```\n'.repeat(2_500),
];

const FOR_GROUP_ADMINS = ['new', 'forget'];
const FOR_BOT_ADMINS = ['unload', 'pin', 'pull', 'approve', 'block', 'reload'];
/** Say nothing without an argument. */
const NEEDS_WORDS = ['pull', 'approve', 'block'];

describe('every command', () => {
  test('has a name that every platform takes, said once', () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(names).toEqual([
      'start',
      'help',
      'new',
      'stop',
      'retry',
      'model',
      'models',
      'load',
      'why',
      'route',
      'system',
      'forget',
      'stats',
      'unload',
      'pin',
      'pull',
      'approve',
      'block',
      'reload',
    ]);
    for (const { name, description } of COMMANDS) {
      expect(name).toMatch(/^[a-z]{1,32}$/);
      expect(description).toMatch(/^[A-Z].{2,99}[^.]$/);
    }
  });

  test('is found by its name, also with a capital, and nothing else is', () => {
    expect(findCommand('Stop')?.name).toBe('stop');
    for (const unknown of ['', 'stopp', 'constructor', '__proto__', ...HOSTILE]) {
      expect(findCommand(unknown)).toBeUndefined();
    }
  });

  const rows = COMMANDS.flatMap(({ name }) => EVERYWHERE.map((where) => ({ name, where })));

  test.each(rows)('/$name says something, is refused or does its work ($where)', async ({ name, where }) => {
    const { give, asked } = chat(where);
    if (NEEDS_WORDS.includes(name) && where === 'bot-admin') {
      expect(await refusal(give(name))).toMatch(/^(Who is meant|Which model)\?\nWrite it like/);
      return;
    }
    const said = await give(name);
    expect(said.markdown).not.toBe('');
    const isRefused = FOR_GROUP_ADMINS.includes(name)
      ? where === 'member'
      : FOR_BOT_ADMINS.includes(name) && where !== 'bot-admin';
    if (!isRefused) return;
    expect(said.markdown).toMatch(
      /^Only the (admins of this chat|owner and the admins of this bot) may do that\.$/,
    );
    expect(asked).toEqual([]);
  });

  const hostile = rows.flatMap((row) => HOSTILE.map((argument) => ({ ...row, argument })));

  test.each(hostile)('/$name takes a hostile argument calmly ($where)', async ({ name, where, argument }) => {
    const { give, chosenNow } = chat(where);
    const words = await give(name, argument).then(
      ({ markdown }) => {
        expect(markdown).not.toContain('evil');
        return markdown;
      },
      (error) => {
        const told = describeFailure(toFailure(error));
        expect(told.split('\n')).toHaveLength(2);
        return told;
      },
    );
    expect(words.length).toBeLessThan(2_000);
    expect(words).not.toMatch(/[\u202e\u200b\0]/u);
    expect(chosenNow()).toBeNull();
  });
});

describe('/start', () => {
  test('greets in three short lines', async () => {
    const lines = (await chat('direct').give('start', 'payload')).markdown.split('\n\n');
    expect(lines).toEqual([
      expect.stringContaining('Ostler'),
      expect.stringContaining('The models of my owner answer'),
      expect.stringContaining('/help'),
    ]);
    for (const line of lines) expect(line.length).toBeLessThan(100);
  });

  test('says so where the models are simulated', async () => {
    const { markdown } = await chat('direct', { status: { simulated: true } }).give('start');
    expect(markdown).toContain('simulated: no real model answers');
  });
});

test('/help lists every command, and what else can be sent', async () => {
  const { markdown } = await chat('bot-admin').give('help');
  for (const { name, description } of COMMANDS) {
    expect(markdown).toMatch(new RegExp(`^- /${name}\\b.* – ${description}`, 'm'));
  }
  expect(markdown).toContain('- /model `name` – ');
  expect(markdown).toContain('- /new – Begin a new conversation (in groups: admins only)');
  expect(markdown).toMatch(/Any other message is a question.*text and pictures/);
  expect(markdown).toMatch(/groups.*mentioned or replied to/);
});

describe('/new', () => {
  test.each(['direct', 'admin'] as const)('begins a new conversation once per call (%s)', async (where) => {
    const { give, asked } = chat(where);
    expect((await give('new')).markdown).toMatch(/^New conversation: /);
    expect(asked).toEqual([{ startNew: ADDRESS, id: 'call-1' }]);
  });
});

describe('/stop', () => {
  test.each([
    ['direct', {}],
    ['admin', {}],
    ['member', { person: 'ada' }],
  ] as const)('stops what the person may stop, and says nothing of it (%s)', async (where, which) => {
    const { give, asked, running } = chat(where);
    running.push('ada', 'bob');
    expect(await give('stop')).toEqual({ markdown: '' });
    expect(asked).toEqual([{ stop: ADDRESS, which }]);
    expect(running).toEqual(where === 'member' ? ['bob'] : []);
  });

  test.each([
    ['direct', [], 'Nothing is waiting or running here.'],
    ['admin', [], 'Nothing is waiting or running here.'],
    ['member', ['bob'], 'None of your questions is waiting or running here.'],
  ] as const)('says that there was nothing to stop (%s, %j run)', async (where, others, words) => {
    const { give, running } = chat(where);
    running.push(...others);
    expect(await give('stop')).toEqual({ markdown: words });
    expect(running).toEqual(others);
  });
});

describe('/model alone', () => {
  const NOT_HERE = 'which is not among the installed models that can chat';
  test.each([
    [null, {}, 'The rules choose the model for each question.'],
    ['small', {}, 'This chat uses `small` (`qwen2.5:7b`).'],
    ['qwen2.5:7b', {}, 'This chat uses `qwen2.5:7b`.'],
    ['gone:1b', {}, `This chat uses \`gone:1b\`, ${NOT_HERE}.`],
    [
      'gone:1b',
      { models: [], ollama: { url: 'http://x', reachable: false, detail: '' } },
      'This chat uses `gone:1b`.',
    ],
  ] as const)('tells everyone what the chat uses (chosen: %j, %j)', async (chosen, status, words) => {
    for (const where of EVERYWHERE) {
      expect((await chat(where, { chosen, status }).give('model')).markdown).toBe(words);
    }
  });

  test.each(['direct', 'admin'] as const)(
    'offers the rules, short names, then others (%s)',
    async (where) => {
      const { offer } = await chat(where, { chosen: 'small' }).give('model', ' ');
      expect(offer?.command).toBe('model');
      expect(offer?.choices).toEqual([
        { value: 'auto', label: 'auto · the rules choose' },
        { value: 'fast', label: '🟢 fast · qwen2.5:7b' },
        { value: 'small', label: '✓ 🟢 small · qwen2.5:7b' },
        { value: 'eyes', label: '🔴 eyes · llava:13b' },
        { value: 'qwen2.5:32b', label: '🔵 qwen2.5:32b' },
      ]);
    },
  );

  test('offers nothing to whom it would refuse it', async () => {
    expect(await chat('member').give('model')).not.toHaveProperty('offer');
  });

  test.each([
    [null, 'auto'],
    ['fast', 'fast'],
    ['qwen2.5:7b', 'fast'],
    ['qwen2.5:32b', 'qwen2.5:32b'],
    ['gone:1b', undefined],
  ])('marks what is chosen: %j', async (chosen, marked) => {
    const { offer } = await chat('direct', { chosen }).give('model');
    const ticked = offer?.choices.filter(({ label }) => label.startsWith('✓ ')).map(({ value }) => value);
    expect(ticked).toEqual(marked === undefined ? [] : [marked]);
  });

  test('offers at most 20, in labels of a line that fit', async () => {
    const models = Array.from({ length: 50 }, (_, index) => model(`${'long'.repeat(40)}\n${index}:1b`));
    const { offer } = await chat('direct', { status: { models } }).give('model');
    expect(offer?.choices).toHaveLength(20);
    for (const { label } of offer?.choices ?? []) expect(label).toMatch(/^.{1,70}$/u);
  });
});

describe('/model with a name', () => {
  test.each([
    ['fast', 'fast', 'From now on this chat uses `fast` (`qwen2.5:7b`).'],
    [' FAST ', 'fast', 'From now on this chat uses `fast` (`qwen2.5:7b`).'],
    ['Qwen2.5:32B', 'qwen2.5:32b', 'From now on this chat uses `qwen2.5:32b`.'],
    ['auto', null, 'From now on the rules choose the model for each question of this chat.'],
    ['Auto', null, 'From now on the rules choose the model for each question of this chat.'],
  ])('%j chooses it for this chat', async (argument, value, words) => {
    for (const where of ['direct', 'admin'] as const) {
      const { give, asked, chosenNow } = chat(where, { chosen: 'eyes' });
      expect((await give('model', argument)).markdown.split('\n')[0]).toBe(words);
      expect(asked[0]).toEqual({ choose: ADDRESS, model: value });
      expect(chosenNow()).toBe(value);
    }
  });

  test('that nobody can check now stays a name, whatever it looks like', async () => {
    const { give, front } = chat('direct');
    front.choose = async () => {};
    front.foresee = async () => {
      throw new OstlerError('Ollama does not answer.', { code: 'unreachable' });
    };
    const { markdown } = await give('model', '**x**`[a](https://evil.example)`<b>');
    expect(markdown.split('\n')[0]).toBe("From now on this chat uses `**x**'[a](https://evil.example)'<b>`.");
  });

  test('is for admins only in groups', async () => {
    const { give, asked } = chat('member');
    expect(await give('model', 'fast')).toEqual(ADMINS_ONLY);
    expect(await give('model', 'auto')).toEqual(ADMINS_ONLY);
    expect(asked).toEqual([]);
  });

  test.each([
    ['fats', 'fats is not installed.\nDid you mean fast? If not: ollama pull fats'],
    ['qwen2.5:7', 'qwen2.5:7 is not installed.\nDid you mean qwen2.5:7b? If not: ollama pull qwen2.5:7'],
    ['llav', 'llav is not installed.\nDid you mean llava:13b? If not: ollama pull llav'],
    ['mistral', 'mistral is not installed.\nollama pull mistral'],
  ])('%j is unknown: the nearest known one is suggested', async (argument, words) => {
    const { give, chosenNow } = chat('direct');
    expect(await refusal(give('model', argument))).toBe(words);
    expect(chosenNow()).toBeNull();
  });

  test.each([
    ['fast please', 'No model is called “fast please”.\nA name is one word of at most 200 characters.'],
    ['\u200b', 'No model is called “”.\nA name is one word of at most 200 characters.'],
  ])('%j can be no name, and the house is not asked', async (argument, words) => {
    const { give, asked } = chat('direct');
    expect(await refusal(give('model', argument))).toBe(words);
    expect(asked).toEqual([]);
  });

  test('another trouble of the house is passed on as it is', async () => {
    const { give, front } = chat('direct');
    const trouble = new OstlerError('The disk is full.', { code: 'storage' });
    front.choose = () => Promise.reject(trouble);
    await expect(give('model', 'fast')).rejects.toBe(trouble);
  });
});

describe('a choice behind a button', () => {
  test('has a short name of its own, the same after a restart', () => {
    expect(choiceId('fast')).toBe('115dc3606fbf');
    const ids = ['auto', 'fast', 'qwen2.5:7b', 'x'.repeat(10_000)].map(choiceId);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}$/);
  });

  test('is found again, whichever is offered', async () => {
    const { front, give } = chat('direct', { chosen: 'fast' });
    const { offer } = await give('model');
    for (const { value } of offer?.choices ?? []) {
      expect(resolveChoice(named('model'), choiceId(value), front)?.value).toBe(value);
    }
  });

  test('beyond those that are offered now is found, too', () => {
    const models = Array.from({ length: 50 }, (_, index) => model(`m${index}:1b`));
    const { front } = chat('direct', { status: { models } });
    expect(resolveChoice(named('model'), choiceId('m49:1b'), front)?.value).toBe('m49:1b');
  });

  test('that is gone, or of a command that takes none, is stale', () => {
    const { front } = chat('direct');
    expect(resolveChoice(named('model'), choiceId('gone:1b'), front)).toBeUndefined();
    expect(resolveChoice(named('model'), '', front)).toBeUndefined();
    expect(resolveChoice(named('stop'), choiceId('fast'), front)).toBeUndefined();
  });
});

describe('/stats', () => {
  test('tells of the cache first, then of models, questions, Ollama and Ostler', async () => {
    const { markdown } = await chat('member', { status: { waiting: 2, running: 1 } }).give('stats');
    expect(markdown.split('\n')).toEqual([
      '**Response cache: nothing was asked yet**',
      '',
      '- Too few questions yet to say how well it works.',
      '- 0 hits',
      '- saved: 0\u00a0s and 0 tokens',
      '',
      '**Swaps**',
      '',
      '- No model was loaded yet.',
      '',
      '**Models**',
      '',
      '- 🟢 `qwen2.5:7b` (`fast`, `small`) · 2.0 GB · ready',
      '- 🔵 `qwen2.5:32b` · 2.0 GB · loading',
      '- 🔴 `llava:13b` (`eyes`) · 2.0 GB · failed: `out of *memory*`',
      '',
      '**Questions**: 2 waiting, 1 running.',
      '',
      '**Ollama**: `Ollama 0.33.0` at `http://gpu:11434`',
      '',
      '**Ostler**: `0.1.0`',
    ]);
  });

  test('says so where the models are simulated', async () => {
    const { markdown } = await chat('direct', { status: { simulated: true } }).give('stats');
    expect(markdown).toContain('\n\nThe models here are simulated: no real model answers.\n\n');
  });

  test.each<[Partial<LlmStats>, readonly string[]]>([
    [
      { swaps: 3, avg_swap_time_ms: 12_340, p95_swap_time_ms: 31_000, cache_hits: 3, cache_misses: 1 },
      [
        '3 loads: 12.3 s on average, 31.0 s at the 95th percentile',
        '75 % of 4 questions found their model in memory',
      ],
    ],
    [
      { swaps: 1, avg_swap_time_ms: 500, p95_swap_time_ms: 500 },
      ['1 load: 0.5 s on average, 0.5 s at the 95th percentile'],
    ],
  ])('tells what swaps took: %j', async (change, lines) => {
    const { give, house } = chat('direct');
    const { cache_hits: hits = 0, cache_misses: misses = 0 } = change;
    house.swaps = statsOfModels({ ...change, cache_hit_rate: hits / Math.max(1, hits + misses) });
    const { markdown } = await give('stats');
    const told = /\*\*Swaps\*\*\n\n(.*?)\n\n/s.exec(markdown.replaceAll('\u00a0', ' '))?.[1];
    expect(told?.split('\n')).toEqual(lines.map((line) => `- ${line}`));
  });

  test('invents no models where there are none, or Ollama is away', async () => {
    const none = await chat('direct', { status: { models: [] } }).give('stats');
    expect(none.markdown).toContain('- No model that can chat is installed.');
    const detail = 'Ollama at http://gpu:11434 cannot be reached.';
    const ollama = { url: 'http://gpu:11434', reachable: false, detail };
    const away = await chat('direct', { status: { models: [], ollama } }).give('stats');
    expect(away.markdown).toContain('- Not known while Ollama is away.');
    expect(away.markdown).toContain(`**Ollama**: \`${detail} Trying again.\``);
  });

  test('stays short where many models are installed', async () => {
    const models = Array.from({ length: 50 }, (_, index) => model(`m${index}:1b`));
    const { markdown } = await chat('direct', { status: { models } }).give('stats');
    expect(markdown.match(/^- ⚪/gm)).toHaveLength(20);
    expect(markdown).toContain('- and 30 more\n');
  });
});

describe('/models', () => {
  test('tells of each model its state, its size and how long it stays', async () => {
    const { give, house } = chat('member', {
      status: {
        models: [
          model('busy:1b', { state: 'in_use', expiresAt: 1 }),
          model('soon:1b', { state: 'ready', expiresAt: 1_000_000 + 59_001 }),
          model('later:1b', { state: 'ready', expiresAt: 1_000_000 + 30 * 60_000, aliases: ['l'] }),
          model('never:1b', { state: 'ready', expiresAt: null }),
          model('leaves:1b', { state: 'unloading', expiresAt: 2_000_000 }),
          model('rests:1b'),
        ],
      },
    });
    expect(house.now).toBe(1_000_000);
    expect((await give('models')).markdown.split('\n')).toEqual([
      '**Models**',
      '',
      '- 🟢 `busy:1b` · 2.0 GB · in use',
      '- 🟢 `soon:1b` · 2.0 GB · ready · 60\u00a0s left',
      '- 🟢 `later:1b` (`l`) · 2.0 GB · ready · 30 min left',
      '- 🟢 `never:1b` · 2.0 GB · ready · stays in memory',
      '- 🟡 `leaves:1b` · 2.0 GB · unloading',
      '- ⚪ `rests:1b` · 2.0 GB',
    ]);
  });

  test('lists all, however many there are, and invents none', async () => {
    const models = Array.from({ length: 50 }, (_, index) => model(`m${index}:1b`));
    const many = await chat('direct', { status: { models } }).give('models');
    expect(many.markdown.match(/^- ⚪/gm)).toHaveLength(50);
    const none = await chat('direct', { status: { models: [], simulated: true } }).give('models');
    expect(none.markdown).toContain('- No model that can chat is installed.');
    expect(none.markdown).toContain('simulated');
  });
});

const ANSWER: Outcome = {
  kind: 'answer',
  answer: {
    text: 'Hi',
    from: 'local',
    provenance: { model: 'qwen2.5:7b', by: 'rule', rule: '^.*$', reason: 'matched the rule ^.*$' },
    finished: 'stop',
    promptTokens: 3,
    tokens: 82,
    seconds: 3.2,
    waitSeconds: 1.2,
  },
};
const FAILURE: Outcome = { kind: 'failure', failure: { code: 'expired', message: 'Nobody could.' } };

function ended(job: string, outcome: Outcome, person = 'ada'): Exchange & { readonly job: string } {
  const question = { text: 'Hello', images: [], person: { id: person }, sentAt: 0, standalone: false };
  return { kind: 'exchange', job, question, outcome, takenAt: 0, at: 1 };
}

describe('/why', () => {
  test('tells of the last answer who gave it, why, and how long that took', async () => {
    const { give, house } = chat('member');
    house.exchanges.push(ended('one', FAILURE), ended('two', ANSWER), ended('three', FAILURE));
    expect((await give('why')).markdown.split('\n\n')).toEqual([
      '`qwen2.5:7b` gave the last answer: `matched the rule ^.*$`.',
      'It waited 1.2\u00a0s and took 3.2\u00a0s in all: 82 tokens, 41.0 tokens/s.',
    ]);
  });

  test('tells what the person did not ask for, and that a model was simulated', async () => {
    const { give, house } = chat('direct');
    const { answer } = ANSWER;
    const provenance = { ...answer.provenance, notice: '*big* is not installed.' };
    const odd = { ...answer, provenance, simulated: true, tokens: 1, waitSeconds: 0 } as const;
    house.exchanges.push(ended('one', { kind: 'answer', answer: odd }));
    const { markdown } = await give('why');
    expect(markdown).toContain('gave the last answer (simulated)');
    expect(markdown).toContain('\n\n`*big* is not installed.`\n\n');
    expect(markdown).toContain('It waited no time and took 3.2\u00a0s in all.');
  });

  test.each([[[]], [[FAILURE]]])('says that there is no answer yet (%j)', async (outcomes) => {
    const { give, house } = chat('direct');
    house.exchanges.push(...outcomes.map((outcome, index) => ended(`${index}`, outcome)));
    expect(await give('why')).toEqual({ markdown: 'Nothing was answered here yet.' });
  });
});

describe('/route', () => {
  test('names the model that would answer, the rule and what would be told', async () => {
    const { give, house, asked } = chat('member');
    house.foreseen = {
      model: 'qwen2.5:7b',
      reason: 'matched the rule [a](b), but it is not installed',
      rule: '[a](b)',
      notice: 'x is not installed, so qwen2.5:7b answers.',
    };
    expect((await give('route', ' How? ')).markdown.split('\n\n')).toEqual([
      '`qwen2.5:7b` would answer: the rule `[a](b)` matches.',
      '`x is not installed, so qwen2.5:7b answers.`',
    ]);
    expect(asked).toEqual([{ wouldRoute: ADDRESS, text: 'How?' }]);
  });

  test('gives the reason where no rule decides', async () => {
    const { markdown } = await chat('direct').give('route', 'How?');
    expect(markdown).toBe('`qwen2.5:7b` would answer: `no rule matched`.');
  });

  test('without a question tells how it is used', async () => {
    const { give, asked } = chat('direct');
    expect((await give('route', ' ')).markdown).toMatch(/^`\/route How do I sort a list\?` says which rule/);
    expect(asked).toEqual([]);
  });
});

describe('/retry', () => {
  test.each([
    ['', undefined],
    ['Fast', 'fast'],
    ['QWEN2.5:32b', 'qwen2.5:32b'],
  ])('asks the last question again, whatever became of it (%j)', async (argument, wanted) => {
    const { give, house, asked } = chat('direct');
    house.exchanges.push(ended('one', ANSWER), ended('two', FAILURE));
    expect(await give('retry', argument)).toEqual({ markdown: '' });
    expect(asked).toEqual([{ again: ADDRESS, job: 'two', id: 'retry-call-1', model: wanted }]);
  });

  test.each([
    ['admin', 'bob', true],
    ['member', 'ada', true],
    ['member', 'bob', false],
  ] as const)('in groups is for who asked it and for admins (%s, %s asked)', async (where, asker, may) => {
    const { give, house, asked } = chat(where);
    house.exchanges.push(ended('one', ANSWER, asker));
    const { markdown } = await give('retry');
    expect(asked).toHaveLength(may ? 1 : 0);
    expect(markdown).toBe(may ? '' : 'Only who asked the last question, or an admin, may ask it again.');
  });

  test('says that there is nothing, or that the last question has not ended', async () => {
    const { give, running, asked } = chat('direct');
    expect(await give('retry')).toEqual({ markdown: 'There is nothing to ask again.' });
    running.push('ada');
    expect((await give('retry')).markdown).toBe('The last question here has not ended yet. /stop ends it.');
    expect(asked).toEqual([]);
  });

  test('says which model was probably meant, and why a question is refused', async () => {
    const { give, house } = chat('direct');
    house.exchanges.push(ended('one', ANSWER));
    expect(await refusal(give('retry', 'fats'))).toBe(
      'fats is not installed.\nDid you mean fast? If not: ollama pull fats',
    );
    expect(await refusal(give('retry', 'auto please'))).toMatch(/^No model is called “auto please”\./);
    const failure = { code: 'too_long', message: 'That is too long.', hint: 'Send less.' } as const;
    house.receipt = { kind: 'refused', failure };
    expect(await refusal(give('retry'))).toBe('That is too long.\nSend less.');
  });
});

describe('/system', () => {
  test.each(EVERYWHERE)('alone shows what the models are told (%s)', async (where) => {
    const { give, house } = chat(where);
    expect((await give('system')).markdown).toBe('This chat uses the system prompt of the configuration.');
    house.systemPrompt = 'Be *brief*.\n```\ncode\n```';
    expect((await give('system')).markdown).toBe(
      `This chat uses its own system prompt:\n\n\`\`\`\`\n${house.systemPrompt}\n\`\`\`\``,
    );
  });

  test.each(['direct', 'admin'] as const)('sets it, and takes it back (%s)', async (where) => {
    const { give, asked } = chat(where);
    const longest = 'x'.repeat(4_000);
    expect((await give('system', ` ${longest}\n`)).markdown).toMatch(/^From now on this chat uses its own/);
    expect((await give('system', 'Reset')).markdown).toMatch(/^From now on .* of the configuration\.$/);
    expect(asked).toEqual([
      { setSystemPrompt: ADDRESS, text: longest },
      { setSystemPrompt: ADDRESS, text: null },
    ]);
  });

  test('is changed by admins only in groups', async () => {
    const { give, asked } = chat('member');
    expect(await give('system', 'Be rude.')).toEqual(ADMINS_ONLY);
    expect(await give('system', 'reset')).toEqual(ADMINS_ONLY);
    expect(asked).toEqual([]);
  });

  test.each([
    ['x'.repeat(4_001), 'That is too long for a system prompt.\nSend at most 4,000 characters.'],
    ['\u200b\u202e', 'There is no text in that.\nWrite what to tell them.'],
  ])('refuses what is no prompt (case %#)', async (argument, words) => {
    const { give, asked } = chat('direct');
    expect(await refusal(give('system', argument))).toBe(words);
    expect(asked).toEqual([]);
  });
});

describe('/forget', () => {
  test.each(['direct', 'admin'] as const)('removes what was said once per call (%s)', async (where) => {
    const { give, asked } = chat(where);
    expect((await give('forget')).markdown).toMatch(/^Forgotten: /);
    expect(asked).toEqual([{ forget: ADDRESS, id: 'call-1' }]);
  });
});
