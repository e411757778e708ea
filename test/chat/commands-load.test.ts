import { describe, expect, it } from 'vitest';
import { ADMINS_ONLY, choiceId, giveCommand, resolveChoice, type Said } from '../../src/chat/command.ts';
import { findCommand } from '../../src/chat/commands.ts';
import type { ModelView } from '../../src/chat/status-view.ts';
import { OstlerError } from '../../src/errors.ts';
import type { SwitchEvent } from '../../src/models/switching.ts';
import type { Never, Verdict } from '../../src/models/verdict.ts';
import { fakeFront } from './fake-front.ts';

const ADDRESS = { platform: 'test', chat: 'c' };
const BIG = 'qwen2.5:32b';
const SPILLED = 'mixtral:8x7b';
const CANCEL = { command: 'stop', choices: [{ value: 'loads', label: '⏹ Cancel' }] };
const UNLOADS: Verdict = { kind: 'unloads', evict: ['llama3:8b'] };
const LOADING = { stage: 'loading', model: 'llama3:8b', forSeconds: 6 } as const;

function model(tag: string, more: Partial<ModelView> = {}): ModelView {
  return { tag, aliases: [], state: 'not_loaded', sizeBytes: 2e9, capabilities: ['completion'], ...more };
}

const MODELS = [
  model('llama3:8b', { aliases: ['fast'], state: 'ready' }),
  model(BIG),
  model('my_own_model', { state: 'failed' }),
  model(SPILLED, { state: 'loading', spill: { share: 0.5, sizeBytes: 20e9, vramBytes: 10e9 } }),
];

/** Somebody in a chat that gives commands, and the house behind it. */
function chat({ kind = 'direct', admin = false }: { kind?: 'direct' | 'group'; admin?: boolean } = {}) {
  const fake = fakeFront({ models: MODELS }, null);
  return {
    ...fake,
    give(name: string, argument = '') {
      const command = findCommand(name);
      if (!command) throw new Error(`there is no /${name}`);
      return giveCommand(command, {
        front: fake.front,
        address: ADDRESS,
        person: { id: 'ada' },
        kind,
        id: 'call-1',
        argument,
        role: 'user',
        isAdmin: async () => admin,
      });
    },
  };
}

async function all({ more }: Said): Promise<readonly Said[]> {
  const said: Said[] = [];
  for await (const one of more ?? []) said.push(one);
  return said;
}

describe('/load', () => {
  it('says what happens, and how long it took', async () => {
    const { give, house, asked } = chat();
    house.switching = [
      {
        type: 'progress',
        progress: { stage: 'unloading', model: BIG, unloading: ['my_own_model'], share: 0 },
      },
      {
        type: 'progress',
        progress: {
          stage: 'loading',
          model: BIG,
          forSeconds: 6,
          estimate: { aboutSeconds: 12, upToSeconds: 20, basis: 'measured' },
          share: 0.5,
        },
      },
      { type: 'loaded', model: BIG, already: false, seconds: 12 },
    ];
    const said = await give('load', 'QWEN2.5:32B');
    expect(asked).toEqual([{ load: BIG, by: 'ada' }]);
    expect(said).toMatchObject({ markdown: `Looking whether the memory holds ${BIG}`, offer: CANCEL });
    expect(await all(said)).toEqual([
      {
        markdown: `Unloading my\\_own\\_model → then loading ${BIG}`,
        waits: `Unloading my_own_model → then loading ${BIG}`,
        offer: CANCEL,
      },
      {
        markdown: `Loading ${BIG}: about 6\u00a0s left (usually 12\u00a0s) ▓▓░░░`,
        waits: `Loading ${BIG}: about 6\u00a0s left (usually 12\u00a0s)`,
        offer: CANCEL,
      },
      { markdown: `\`${BIG}\` is loaded (12.0\u00a0s).` },
    ]);
  });

  it('of what is in memory says so at once, and nothing follows', async () => {
    const { give, house } = chat();
    house.switching = [{ type: 'loaded', model: 'llama3:8b', already: true, seconds: 0 }];
    expect(await give('load', 'fast')).toEqual({ markdown: '`llama3:8b` was loaded already.' });
  });

  const ENDS: readonly (readonly [SwitchEvent, string])[] = [
    [
      { type: 'cancelled', model: BIG, goesOn: false, gone: [], leaving: [] },
      `⏹ The load of \`${BIG}\` was stopped.`,
    ],
    [
      { type: 'cancelled', model: BIG, goesOn: false, gone: ['a', 'b'], leaving: [] },
      `⏹ The load of \`${BIG}\` was stopped.\n\n\`a\` and \`b\` had left the memory by then; they are loaded again when nobody else needs the room.`,
    ],
    [
      { type: 'cancelled', model: BIG, replacedBy: 'llama3:8b', goesOn: false, gone: ['a'], leaving: [] },
      `⏹ \`${BIG}\` is not loaded: \`llama3:8b\` was ordered instead.\n\n\`a\` had left the memory by then; it is loaded again when nobody else needs the room.`,
    ],
    [
      { type: 'cancelled', model: BIG, goesOn: false, gone: [], leaving: ['a'] },
      `⏹ The load of \`${BIG}\` was stopped.\n\n\`a\` had been told to leave the memory, which cannot be taken back; it is loaded again when nobody else needs the room.`,
    ],
    [
      { type: 'cancelled', model: BIG, goesOn: true, gone: ['a'], leaving: [] },
      `⏹ Your order of \`${BIG}\` was taken back; \`${BIG}\` is loaded all the same, for others.\n\n\`a\` left the memory for it.`,
    ],
    [
      { type: 'cancelled', model: BIG, replacedBy: 'llama3:8b', goesOn: true, gone: [], leaving: [] },
      `⏹ \`llama3:8b\` was ordered instead; \`${BIG}\` is loaded all the same, for others.`,
    ],
    [
      { type: 'cancelled', model: BIG, replacedBy: BIG, goesOn: true, gone: [], leaving: [] },
      `\`${BIG}\` was ordered once more.`,
    ],
    [
      {
        type: 'failed',
        model: BIG,
        failure: {
          code: 'load_failed',
          message: `${BIG} could not be loaded.`,
          hint: 'Ollama said: *boom*.',
        },
        gone: ['a'],
        leaving: [],
      },
      `⚠️ \`${BIG}\` is not loaded.\n\n${BIG} could not be loaded.\n\nOllama said: \\*boom\\*.\n\n\`a\` had left the memory by then; it is loaded again when nobody else needs the room.`,
    ],
  ];
  it.each(ENDS)('tells truthfully how it ended: %j', async (event, words) => {
    const { give, house } = chat();
    house.switching = [event];
    const [last] = await all(await give('load', BIG));
    expect(last?.markdown).toBe(words);
    expect(last?.undone).toBe(event.type === 'failed' ? 'load_failed' : 'cancelled');
  });

  it('asks first where that is configured, and loads for whoever is sure', async () => {
    const { give, house, front, asked, noted } = chat();
    house.asksFirst = true;
    house.verdict = UNLOADS;
    const question = await give('load', BIG);
    expect(question).toEqual({
      markdown: `${BIG} needs 18.0 GB and will unload llama3:8b (about 24\u00a0s).`,
      undone: 'asked',
      offer: {
        command: 'load',
        choices: [
          { value: `${BIG} now`, label: 'Switch' },
          { value: 'keep', label: 'Cancel' },
        ],
      },
    });
    const load = findCommand('load');
    for (const { value } of question.offer?.choices ?? [])
      expect(load && resolveChoice(load, choiceId(value), front)?.value).toBe(value);
    expect(await give('load', 'keep')).toEqual({ markdown: 'Everything stays as it is.' });
    expect(asked).toEqual([]);
    await give('load', `${BIG} now`);
    expect(asked).toEqual([{ load: BIG, by: 'ada' }]);
    expect(noted.map(({ on, outcome }) => [on, outcome])).toEqual([
      [BIG, 'asked'],
      [BIG, 'done'],
    ]);
  });

  it.each([
    ['nobody wants to be asked', false, UNLOADS],
    ['nothing has to leave', true, { kind: 'fits' } as const],
  ])('asks nothing where %s', async (_, asksFirst, verdict) => {
    const { give, house, asked } = chat();
    Object.assign(house, { asksFirst, verdict });
    await give('load', BIG);
    expect(asked).toHaveLength(1);
  });

  it('asks before it gives up what is more than half loaded', async () => {
    const { give, house, asked } = chat();
    const order = { model: 'llama3:8b', person: 'test:ada', conversation: 'test:c', orderedAt: 0 };
    house.orders = [{ ...order, progress: { ...LOADING, share: 0.6 } }];
    expect(await give('load', BIG)).toEqual({
      markdown: '`llama3:8b` is about 60\u00a0% loaded.',
      undone: 'asked',
      offer: {
        command: 'load',
        choices: [
          { value: `${BIG} now`, label: `Load ${BIG} instead` },
          { value: 'keep', label: 'Keep loading llama3:8b' },
        ],
      },
    });
    for (const other of [
      { ...order, progress: { ...LOADING, share: 0.5 } },
      { ...order, person: 'test:ben', progress: { ...LOADING, share: 0.6 } },
      { ...order, model: BIG, progress: { ...LOADING, share: 0.6 } },
    ]) {
      house.orders = [other];
      await give('load', BIG);
    }
    expect(asked).toHaveLength(3);
  });

  it('of what can never fit says what is missing, and offers a smaller one', async () => {
    const { give, house, front, asked, noted } = chat();
    const never: Never = {
      kind: 'never',
      why: 'kept',
      requiredBytes: 18e9,
      availableBytes: 6e9,
      freeableBytes: 4e9,
      keepers: [{ tag: 'llama3:8b', keeps: 'pinned' }],
      smaller: {
        tag: 'my_own_model',
        need: { bytes: 2e9, besideBytes: 2e9, leastBytes: 2e9, basis: 'guessed' },
      },
    };
    house.verdict = never;
    const { markdown, ...rest } = await give('load', BIG);
    expect(markdown.split('\n\n')).toEqual([
      `⚠️ ${BIG} needs about 18.0 GB; beside llama3:8b (pinned) there is room for 10.0 GB.`,
      'Required: 18.0 GB · available: 6.0 GB · can be freed: 4.0 GB',
      expect.stringContaining('Or take my\\_own\\_model, which fits: 2.0 GB.'),
    ]);
    expect(rest).toEqual({
      undone: 'insufficient_memory',
      offer: { command: 'load', choices: [{ value: 'my_own_model', label: 'Load my_own_model' }] },
    });
    const load = findCommand('load');
    expect(load && resolveChoice(load, choiceId('my_own_model'), front)).toBeDefined();
    expect([asked, noted[0]?.outcome]).toEqual([[], 'insufficient_memory']);
  });

  it('says beforehand that a part will be on the CPU', async () => {
    const { give, house } = chat();
    house.verdict = { kind: 'spills', evict: [], cpuShare: 0.38, basis: 'measured' };
    house.switching = [{ type: 'progress', progress: { ...LOADING, model: BIG } }];
    const said = await give('load', BIG);
    const warning = `⚠️ About 38\u00a0% of ${BIG} will be on the CPU, which makes it slow.`;
    expect(said.markdown).toContain(warning);
    expect((await all(said))[0]?.markdown).toContain(warning);
  });

  it('says at the end how much is on the CPU, and what to do', async () => {
    const { give, house } = chat();
    house.switching = [{ type: 'loaded', model: SPILLED, already: false, seconds: 12 }];
    const [end] = await all(await give('load', SPILLED));
    expect(end?.markdown.split('\n\n')).toEqual([
      `\`${SPILLED}\` is loaded (12.0\u00a0s).`,
      `⚠️ ${SPILLED} is slow: 50\u00a0% on the CPU. Of 20.0 GB the GPU holds 10.0 GB. A smaller num\\_ctx, a smaller model or fewer models at once help.`,
    ]);
  });

  it('alone offers what is not in memory', async () => {
    const { offer } = await chat().give('load');
    expect(offer?.choices.map(({ value }) => value)).toEqual([BIG, 'my_own_model']);
  });

  it('is in groups for whoever may choose the model', async () => {
    const member = chat({ kind: 'group' });
    for (const argument of [BIG, `${BIG} now`, 'keep'])
      expect(await member.give('load', argument)).toEqual(ADMINS_ONLY);
    expect(await member.give('load')).not.toHaveProperty('offer');
    expect(member.asked).toEqual([]);
    member.house.groupsAreOpen = true;
    await member.give('load', BIG);
    await chat({ kind: 'group', admin: true }).give('load', BIG);
    expect(member.asked).toHaveLength(1);
  });
});

describe('/model', () => {
  const CHOSEN = `From now on this chat uses \`${BIG}\`.`;
  const chosen = { choose: ADDRESS, model: BIG };

  it('loads what it chooses, and says below the choice what happens', async () => {
    const { give, house, asked, noted } = chat();
    house.switching = [
      { type: 'progress', progress: { ...LOADING, model: BIG } },
      { type: 'loaded', model: BIG, already: false, seconds: 12 },
    ];
    const said = await give('model', BIG);
    expect(asked).toEqual([chosen, { load: BIG, by: 'ada' }]);
    expect(said).toMatchObject({
      markdown: `${CHOSEN}\n\nLooking whether the memory holds ${BIG}`,
      offer: CANCEL,
    });
    expect(await all(said)).toEqual([
      {
        markdown: `${CHOSEN}\n\nLoading ${BIG} (6 s so far)`,
        waits: `Loading ${BIG} (6 s so far)`,
        offer: CANCEL,
      },
      { markdown: `${CHOSEN}\n\n\`${BIG}\` is loaded (12.0\u00a0s).` },
    ]);
    expect(noted).toMatchObject([{ what: 'model', on: BIG, outcome: 'done' }]);
  });

  it.each(['fast', 'auto'])('loads nothing for %s, which needs none', async (name) => {
    const { give, asked } = chat();
    expect(Object.keys(await give('model', name))).toEqual(['markdown']);
    expect(asked).toHaveLength(1);
  });

  it('asks first what /load would ask; the choice holds in any case', async () => {
    const { give, house, asked, noted } = chat();
    house.asksFirst = true;
    house.verdict = UNLOADS;
    expect(await give('model', BIG)).toEqual({
      markdown: `${CHOSEN}\n\n${BIG} needs 18.0 GB and will unload llama3:8b (about 24\u00a0s).`,
      offer: {
        command: 'load',
        choices: [
          { value: `${BIG} now`, label: 'Switch' },
          { value: 'keep', label: 'Cancel' },
        ],
      },
    });
    expect(await give('load', 'keep')).toEqual({
      markdown: `Nothing else is loaded. This chat uses \`${BIG}\`.`,
    });
    expect(asked).toEqual([chosen]);
    expect(noted).toMatchObject([{ what: 'model', outcome: 'done' }]);
  });

  it('holds where its model cannot be loaded now, and says why', async () => {
    const { give, front, chosenNow } = chat();
    front.load = async () => {
      throw new OstlerError('Ollama does not answer.', { code: 'unreachable', hint: 'Start *it*.' });
    };
    expect(await give('model', BIG)).toEqual({
      markdown: `${CHOSEN}\n\n⚠️ It is not loaded now.\n\nOllama does not answer.\n\nStart \\*it\\*.`,
    });
    expect(chosenNow()).toBe(BIG);
  });

  it('loads nothing for who may not choose', async () => {
    const { give, asked } = chat({ kind: 'group' });
    expect(await give('model', BIG)).toEqual(ADMINS_ONLY);
    expect(asked).toEqual([]);
  });
});

describe('/stop', () => {
  it('gives up what its person has ordered', async () => {
    const { give, loading, running } = chat();
    loading.push('ada');
    expect(await give('stop')).toEqual({ markdown: '' });
    loading.push('ada');
    running.push('ada');
    expect(await give('stop', 'loads')).toEqual({ markdown: '' });
    expect([loading, running]).toEqual([[], ['ada']]);
    expect(await give('stop', 'loads')).toEqual({ markdown: 'Nothing is being loaded here.' });
  });

  it('in a group gives up only one’s own, or all by who decides', async () => {
    const member = chat({ kind: 'group' });
    member.loading.push('ben', 'ada');
    await member.give('stop');
    expect(member.loading).toEqual(['ben']);
    expect((await member.give('stop', 'loads')).markdown).toBe('Nothing of yours is being loaded here.');
    const admin = chat({ kind: 'group', admin: true });
    admin.loading.push('ben');
    await admin.give('stop');
    expect(admin.loading).toEqual([]);
  });
});
