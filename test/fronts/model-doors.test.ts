import { expect, it } from 'vitest';
import { simulatedOllama, type TestOstler, testOstler } from '../servers/ostler.ts';

const LARGE = 'qwen2.5:32b';
const SMALL = 'qwen2.5:7b';
const options = { num_ctx: 4_096 };

async function open() {
  const ollama = await simulatedOllama();
  const models = { large: { name: LARGE, options }, small: { name: SMALL, options } };
  const llm = { models, routing: { default: 'small' }, memory: { vram_gb: 24 } };
  const ostler = await testOstler(ollama, { llm });
  while (!ostler.front.status().ollama.reachable) await new Promise(setImmediate);
  return { ollama, ostler };
}

async function call({ handle }: TestOstler, path: string, body?: object) {
  const headers = { 'content-type': 'application/json' };
  const init = body && { method: 'POST', headers, body: JSON.stringify(body) };
  return handle(new Request(`http://ostler${path}`, init));
}

const asJson = async (response: Promise<Response>) => (await response).json();

it('a switch over HTTP loads a model, with its stages, and the status says so', async () => {
  const { ollama, ostler } = await open();
  await ostler.ask('Hello');
  const before = await asJson(call(ostler, '/v1/models/status'));
  expect(before).toMatchObject({
    models: { [SMALL]: { status: 'running', load_progress: 100 }, [LARGE]: { status: 'stopped' } },
    gpu: { total_memory_gb: 25.8 },
  });
  const stream = await (await call(ostler, '/v1/models/switch', { target_model: 'large' })).text();
  expect(stream).toMatch(/^event: stage\ndata: \{"stage":"checking_memory","progress":0\}\n\n/);
  expect(stream).toContain(`event: stage\ndata: {"stage":"loading_target","progress":50,"model":"${LARGE}"}`);
  expect(stream).toMatch(/event: complete\ndata: \{"status":"success","model":"qwen2\.5:32b"/);
  expect(ollama.residents().map(({ tag }) => tag)).toEqual([LARGE]);
  expect(await asJson(call(ostler, '/v1/models/status'))).toMatchObject({
    models: { [SMALL]: { status: 'stopped' }, [LARGE]: { status: 'running' } },
  });
  const again = await (await call(ostler, '/v1/models/switch', { target_model: LARGE })).text();
  expect(again).toContain('"status":"already_loaded"');
  expect(await asJson(call(ostler, '/v1/models/recover', {}))).toEqual({
    status: 'ok',
    loaded_models: [LARGE],
    failed_models: [],
  });
});

it('the figures of swapping count what questions met, and what was loaded for them', async () => {
  const { ostler } = await open();
  await ostler.ask('Hello');
  await ostler.ask('Hello again');
  await ostler.ask('And you?', { model: LARGE });
  expect(await asJson(call(ostler, '/api/llm/stats'))).toMatchObject({
    cache_strategy: 'ram',
    loaded_models: [LARGE],
    cache_hits: 1,
    cache_misses: 2,
    cache_hit_rate: 1 / 3,
    swaps: 2,
    models: { [SMALL]: { swaps: 1 }, [LARGE]: { swaps: 1 } },
  });
});

it('recover says where Ollama is away, and finds it again', async () => {
  const { ollama, ostler } = await open();
  await ollama.goAway({ crashed: true });
  const away = await call(ostler, '/v1/models/recover', {});
  expect([away.status, await away.json()]).toEqual([
    502,
    { error: expect.objectContaining({ code: 'unreachable' }) },
  ]);
  expect(ostler.front.status().ollama.reachable).toBe(false);
  await ollama.comeBack();
  const back = await asJson(call(ostler, '/v1/models/recover', {}));
  expect(back).toEqual({ status: 'ok', loaded_models: [], failed_models: [] });
  expect(ostler.front.status().ollama.reachable).toBe(true);
});
