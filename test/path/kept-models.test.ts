import { expect, it } from 'vitest';
import { simulatedOllama, testOstler } from '../servers/ostler.ts';

const LARGE = 'qwen2.5:32b';
const SMALL = 'qwen2.5:7b';
const options = { num_ctx: 4_096 };
const MODELS = { large: { name: LARGE, options }, small: { name: SMALL, options } };

/** A GPU that holds the large model alone. */
async function open(llm: object) {
  const ollama = await simulatedOllama();
  const ostler = await testOstler(ollama, {
    llm: { models: MODELS, routing: { default: SMALL }, memory: { vram_gb: 24 }, ...llm },
  });
  const asked = (path: string) =>
    ollama.requests().flatMap((request) => (request.path === path ? [request.body] : []));
  const residents = () => ollama.residents().map(({ tag }) => tag);
  return { ollama, ostler, asked, residents };
}

it.each([
  ['ram', '30m'],
  ['ssd', '2m'],
])(
  'what is preloaded stays as long as the strategy %s says, and the log tells of it',
  async (type, keepAlive) => {
    const { ollama, ostler, asked, residents } = await open({ cache: { type }, preload: ['small'] });
    await ollama.until(() => residents().includes(SMALL));
    expect(asked('/api/generate')).toMatchObject([{ model: SMALL, keep_alive: keepAlive }]);
    await expect
      .poll(() => ostler.lines)
      .toContainEqual(
        expect.objectContaining({ level: 'info', message: 'loaded', model: SMALL, unloaded: [] }),
      );
  },
);

it('what is preserved never makes room for another model, and leaves when its time is over', async () => {
  const memory = { vram_gb: 24, preserve_models: ['small'] };
  const { ostler, asked, residents } = await open({ memory });
  await ostler.ask('hello');
  const followed = ostler.follow('two');
  await ostler.send('hello', { model: LARGE, address: { platform: 'web', chat: 'two' } });
  await followed.until((event) =>
    event.type === 'progress' && event.progress.stage === 'queued' && event.progress.waitsFor === 'room'
      ? event
      : undefined,
  );
  expect(residents()).toEqual([SMALL]);
  const bodies = [...asked('/api/generate'), ...asked('/api/chat')];
  expect(bodies).toMatchObject([
    { model: SMALL, keep_alive: '30m' },
    { model: SMALL, keep_alive: '30m' },
  ]);
  const [small] = ostler.front.status().models;
  expect(small?.expiresAt).toEqual(expect.any(Number));
});
