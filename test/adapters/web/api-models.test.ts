import { describe, expect, test } from 'vitest';
import type { Progress } from '../../../src/chat/progress.ts';
import type { ModelView } from '../../../src/chat/status-view.ts';
import { OstlerError } from '../../../src/errors.ts';
import type { SwitchEvent } from '../../../src/models/switching.ts';
import type { Never } from '../../../src/models/verdict.ts';
import { until } from './fake-front.ts';
import { openStream } from './sse.ts';
import { bodyOf, send, startWeb } from './start.ts';

const MODEL = 'qwen2.5:32b';
const OLD = 'qwen2.5:7b';
const TOO_LARGE: Never = {
  kind: 'never',
  why: 'too_large',
  requiredBytes: 85e9,
  availableBytes: 50e9,
  freeableBytes: 12.04e9,
  keepers: [],
  smaller: { tag: OLD, need: { bytes: 5e9, besideBytes: 5e9, leastBytes: 5e9, basis: 'guessed' } },
};

type Web = Awaited<ReturnType<typeof startWeb>>;

const begin = ({ url }: Web, body: object = { target_model: MODEL }) =>
  openStream(`${url}/v1/models/switch`, {}, body);
const tell = ({ fake }: Web, ...progress: readonly Progress[]) => {
  for (const one of progress) fake.ordered[0]?.tell({ type: 'progress', progress: one });
};
const end = ({ fake }: Web, event: SwitchEvent) => fake.ordered[0]?.tell(event);
const told = (frames: readonly { event?: string; data?: unknown }[]) =>
  frames.map(({ event, data }) => [event, data]);

describe('POST /v1/models/switch', () => {
  test('streams the stages of a switch, and its end', async () => {
    const web = await startWeb();
    const stream = await begin(web);
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const estimate = { aboutSeconds: 40, upToSeconds: 60, basis: 'measured' } as const;
    tell(
      web,
      { stage: 'queued', waitsFor: 'model', ahead: 2, model: MODEL },
      { stage: 'checking_memory', model: MODEL },
      { stage: 'unloading', model: MODEL, unloading: [OLD], share: 0 },
      { stage: 'unloading', model: MODEL, unloading: [OLD], share: 1 },
      { stage: 'loading', model: MODEL, forSeconds: 0, estimate, share: 0 },
      { stage: 'loading', model: MODEL, forSeconds: 50, estimate, share: 0.81 },
      { stage: 'initializing', model: MODEL, forSeconds: 70, estimate, share: 0.9 },
    );
    end(web, { type: 'loaded', model: MODEL, already: false, seconds: 71.6 });
    expect(told(await stream.upTo('complete'))).toEqual([
      ['stage', { stage: 'checking_memory', progress: 0 }],
      [
        'progress',
        {
          stage: 'queued',
          progress: 0,
          model: MODEL,
          message: `Waiting until ${MODEL} can be loaded · 2 questions ahead`,
        },
      ],
      ['stage', { stage: 'unloading_models', progress: 20, unloading: [OLD] }],
      ['progress', { stage: 'unloading', progress: 20, model: OLD, unloading: [OLD] }],
      ['progress', { stage: 'unloading', progress: 50, model: OLD, unloading: [OLD] }],
      ['stage', { stage: 'loading_target', progress: 50, model: MODEL }],
      ['progress', { stage: 'loading', progress: 50, model: MODEL, eta: 40 }],
      ['progress', { stage: 'loading', progress: 86, model: MODEL, eta: 10 }],
      ['progress', { stage: 'initializing', progress: 90, model: MODEL }],
      ['complete', { status: 'success', model: MODEL, total_time_seconds: 72 }],
    ]);
    expect(web.fake.audited).toEqual([
      { chat: 'none', person: 'web', what: 'load', on: MODEL, outcome: 'done' },
    ]);
  });

  test('says where the model is loaded already, and nothing of a time that nobody knows', async () => {
    const web = await startWeb();
    const stream = await begin(web);
    tell(web, { stage: 'loading', model: MODEL, forSeconds: 3 });
    end(web, { type: 'loaded', model: MODEL, already: true, seconds: 0 });
    expect(told(await stream.upTo('complete')).slice(2)).toEqual([
      ['progress', { stage: 'loading', progress: 50, model: MODEL }],
      ['complete', { status: 'already_loaded', model: MODEL, total_time_seconds: 0 }],
    ]);
  });

  test('ends in an error where the memory cannot hold it, before it is ordered or after', async () => {
    const web = await startWeb();
    web.fake.setForeseen({ verdict: TOO_LARGE });
    const figures = { required_gb: 85, available_gb: 50, can_free_gb: 12, suggested_model: OLD };
    const [, first] = await (await begin(web)).upTo('error');
    expect(first?.data).toEqual({
      error: 'insufficient_memory',
      message: `${MODEL} needs at least 85.0 GB; this machine has 62.0 GB of memory for models in all.`,
      hint: expect.stringContaining(`Or take ${OLD}, which fits: 5.0 GB.`),
      ...figures,
    });
    expect([web.fake.ordered, web.fake.audited]).toMatchObject([[], [{ outcome: 'insufficient_memory' }]]);

    web.fake.setForeseen({});
    const stream = await begin(web);
    const failure = { code: 'insufficient_memory', message: 'No room.' } as const;
    end(web, { type: 'failed', model: MODEL, failure, never: TOO_LARGE, gone: [OLD], leaving: [] });
    const [, second] = await stream.upTo('error');
    expect(second?.data).toEqual({
      error: 'insufficient_memory',
      message: 'No room.',
      ...figures,
      unloaded: [OLD],
    });
  });

  test.each([
    [
      {
        type: 'failed',
        model: MODEL,
        failure: { code: 'load_failed', message: 'It broke.', hint: 'Look.' },
        gone: [],
        leaving: [],
      },
      { error: 'load_failed', message: 'It broke.', hint: 'Look.' },
    ],
    [
      { type: 'cancelled', model: MODEL, goesOn: false, gone: [OLD], leaving: [] },
      { error: 'cancelled', message: `The load of ${MODEL} was stopped.`, unloaded: [OLD] },
    ],
    [
      { type: 'cancelled', model: MODEL, goesOn: false, gone: [], leaving: [], replacedBy: OLD },
      { error: 'cancelled', message: `The load of ${MODEL} gave way to ${OLD}.` },
    ],
    [
      { type: 'cancelled', model: MODEL, goesOn: true, gone: [], leaving: [OLD] },
      {
        error: 'cancelled',
        message: `The order of ${MODEL} was stopped; it is loaded all the same, for others.`,
        unloading: [OLD],
      },
    ],
  ] as const)('tells how else it ends: %j', async (event, data) => {
    const web = await startWeb();
    const stream = await begin(web);
    end(web, event);
    expect((await stream.upTo('error')).at(-1)?.data).toEqual(data);
  });

  test('asks first where people are asked, and goes on once that is confirmed', async () => {
    const web = await startWeb();
    web.fake.askFirst();
    web.fake.setForeseen({ verdict: { kind: 'unloads', evict: [OLD] }, needBytes: 18e9, aboutSeconds: 30 });
    const [, asked] = await (await begin(web)).upTo('error');
    expect(asked?.data).toEqual({
      error: 'confirmation_required',
      message: `${MODEL} needs 18.0 GB and will unload ${OLD} (about 30\u00a0s).`,
      hint: 'Send confirm: true if it shall be so.',
    });
    expect([web.fake.ordered, web.fake.audited]).toMatchObject([[], [{ outcome: 'asked' }]]);
    const stream = await begin(web, { target_model: MODEL, confirm: true });
    end(web, { type: 'loaded', model: MODEL, already: false, seconds: 1 });
    await stream.upTo('complete');
  });

  test('asks before it gives up another load of the same person that is more than half done', async () => {
    const web = await startWeb();
    const order = { person: 'web:web', conversation: 'web/none', orderedAt: 0, model: OLD };
    const progress = { stage: 'loading', model: OLD, forSeconds: 9, share: 0.6 } as const;
    web.fake.setOrders({ ...order, progress });
    const [, asked] = await (await begin(web)).upTo('error');
    expect(asked?.data).toMatchObject({ message: `${OLD} is about 60\u00a0% loaded.` });
    web.fake.setOrders({ ...order, progress: { ...progress, share: 0.4 } });
    await (await begin(web)).next();
    await until(() => web.fake.ordered.length === 1);
  });

  test('ends nothing when its listener leaves; DELETE does', async () => {
    const web = await startWeb();
    const stream = await begin(web);
    await stream.next();
    stream.leave();
    end(web, { type: 'loaded', model: MODEL, already: false, seconds: 1 });
    await until(() => web.fake.openLoads() === 0);
    expect([web.fake.cancelled(), web.errors]).toEqual([0, []]);
    const response = await fetch(`${web.url}/v1/models/switch`, { method: 'DELETE' });
    expect([response.status, await response.json()]).toEqual([200, { cancelled: 1 }]);
    expect(web.fake.audited).toMatchObject([{ what: 'load' }, { what: 'load-cancel', outcome: 'done' }]);
  });

  test.each([
    [{}, /target_model/],
    [{ target_model: '' }, /target_model/],
    [{ target_model: 'two words' }, /No model is called/],
    [{ target_model: MODEL, force: true }, /force/],
    [{ target_model: MODEL, confirm: 'yes' }, /confirm/],
  ])('refuses %j', async (body, message) => {
    const { url, fake } = await startWeb();
    const response = await send(`${url}/v1/models/switch`, body);
    expect([response.status, (await bodyOf(response)).error]).toEqual([
      400,
      expect.objectContaining({ code: 'bad_input', message: expect.stringMatching(message) }),
    ]);
    expect(fake.ordered).toEqual([]);
  });

  test('refuses who may not, who does it too often, and what is no JSON', async () => {
    const { url, fake } = await startWeb();
    const post = () => send(`${url}/v1/models/switch`, { target_model: MODEL });
    fake.setStanding('blocked');
    expect((await post()).status).toBe(403);
    fake.setStanding('user');
    fake.refuseNext({ code: 'limited', message: 'Too many switches.' });
    expect((await post()).status).toBe(429);
    expect((await fetch(`${url}/v1/models/switch`, { method: 'POST', body: MODEL })).status).toBe(415);
    expect(fake.ordered).toEqual([]);
  });
});

describe('GET /v1/models/status', () => {
  const statusOf = async ({ url }: Web) => (await fetch(`${url}/v1/models/status`)).json();

  test('tells every model’s state, sizes and times, and the memory of the GPU', async () => {
    const web = await startWeb();
    web.fake.setMemory({
      gpu: { totalBytes: 95.9e9, usedBytes: 84.2e9, availableBytes: 11.7e9 },
      inGpuBytes: new Map([
        [OLD, 5.3e9],
        [MODEL, 0],
      ]),
      costs: new Map([
        [OLD, { needBytes: 5.3e9, aboutSeconds: 4 }],
        ['llama3.2:3b', { needBytes: 3.1e9, aboutSeconds: 0 }],
        [MODEL, { needBytes: 21e9, aboutSeconds: 61 }],
        ['llava:13b', { needBytes: 9e9, aboutSeconds: 20 }],
      ]),
      loading: { stage: 'loading', model: MODEL, forSeconds: 20, share: 0.27 },
    });
    expect(await statusOf(web)).toEqual({
      models: {
        [OLD]: {
          status: 'running',
          health: 'healthy',
          size_gb: 4.7,
          gpu_memory_used_gb: 5.3,
          load_progress: 100,
          estimated_load_time_seconds: 4,
        },
        'llama3.2:3b': { status: 'stopped', health: 'healthy', size_gb: 2, gpu_memory_required_gb: 3.1 },
        [MODEL]: {
          status: 'loading',
          health: 'healthy',
          size_gb: 19.9,
          gpu_memory_required_gb: 21,
          load_progress: 27,
          estimated_load_time_seconds: 61,
        },
        'llava:13b': {
          status: 'failed',
          health: 'unhealthy',
          reason: 'not enough memory',
          size_gb: 8,
          gpu_memory_required_gb: 9,
          estimated_load_time_seconds: 20,
        },
      },
      gpu: { total_memory_gb: 95.9, used_memory_gb: 84.2, available_memory_gb: 11.7 },
    });
  });

  test('the other states, a memory that is not known, and a server that is away', async () => {
    const web = await startWeb();
    const base: ModelView = { tag: 'a', aliases: [], state: 'in_use', sizeBytes: 1e9, capabilities: [] };
    web.fake.setStatus({ models: [base, { ...base, tag: 'b', state: 'unloading', byAnother: true }] });
    expect(await statusOf(web)).toMatchObject({
      models: { a: { status: 'running' }, b: { status: 'unloading', loaded_by_another: true } },
      gpu: null,
    });
    web.fake.setStatus({ ollama: { url: '', reachable: false, detail: 'Ollama cannot be reached.' } });
    expect(await statusOf(web)).toMatchObject({
      models: { a: { health: 'unhealthy', reason: 'Ollama cannot be reached.' } },
    });
  });
});

describe('POST /v1/models/recover', () => {
  test('reads anew what Ollama has, and reports it', async () => {
    const { url, fake } = await startWeb();
    const response = await send(`${url}/v1/models/recover`, {});
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'ok', loaded_models: [OLD], failed_models: ['llava:13b'] },
    ]);
    expect(fake.resyncs()).toBe(1);
    expect(fake.audited).toMatchObject([{ what: 'recover', outcome: 'done' }]);
  });

  test('says so where Ollama cannot be reached', async () => {
    const { url, fake } = await startWeb();
    fake.front.resync = async () => {
      throw new OstlerError('Ollama cannot be reached.', { code: 'unreachable' });
    };
    const response = await send(`${url}/v1/models/recover`, {});
    expect([response.status, (await bodyOf(response)).error.code]).toEqual([502, 'unreachable']);
    expect(fake.audited).toMatchObject([{ what: 'recover', outcome: 'unreachable' }]);
  });
});

test.each(['/v1/models/status', '/v1/models/switch', '/v1/models/recover'])(
  '%s asks for the key, and lets no other site in',
  async (path) => {
    const method = path.endsWith('status') ? 'GET' : 'POST';
    const body = method === 'POST' ? '{}' : undefined;
    const headers = { 'content-type': 'application/json' };
    const { url } = await startWeb({ key: 'a long secret' });
    const closed = await fetch(`${url}${path}`, { method, headers, ...(body && { body }) });
    expect([closed.status, (await bodyOf(closed)).error.code]).toEqual([401, 'unauthorized']);
    const open = await startWeb();
    const foreign = { ...headers, 'sec-fetch-site': 'cross-site' };
    const refused = await fetch(`${open.url}${path}`, { method, headers: foreign, ...(body && { body }) });
    expect([refused.status, (await bodyOf(refused)).error.code]).toEqual([403, 'forbidden']);
  },
);
