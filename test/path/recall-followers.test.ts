import { expect, it } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { cachingHouse, generated, inChat, textOf } from '../cache/house.ts';
import type { TestOstler } from '../servers/ostler.ts';

const ADAS = { platform: 'web', chat: 'ada' };

/**
 * Everybody shares. Ada asks, and her model is being loaded; Ben asks the same and waits for her answer. An answer
 * shows all that was sent. Resolves to what each was given, once something has changed meanwhile.
 */
async function bothAfter(change: (ostler: TestOstler) => unknown, wish: Partial<Message> = {}) {
  const { ollama, ostler } = await cachingHouse(
    { response_cache: { scope: 'shared' }, llm: { system_prompt: 'Be kind.', options: { temperature: 0 } } },
    { answer: ({ turns }) => turns.map(({ content }) => content).join(' | ') },
  );
  const load = ollama.hold({ at: 'load' });
  const [adas, bens] = [ostler.follow('ada'), ostler.follow('ben')];
  const first = await ostler.send('Why?', { ...inChat('ada', 'ada'), ...wish });
  await load.reached;
  const second = await ostler.send('Why?', inChat('ben', 'ben'));
  await bens.until((event) =>
    event.type === 'progress' && event.progress.stage === 'generating' ? event : undefined,
  );
  await change(ostler);
  load.release();
  const [ada, ben] = [await adas.outcome(first.job), await bens.outcome(second.job)];
  return { ada: textOf(ada), ben: textOf(ben), generations: generated(ollama) };
}

const rethink = ({ config, reload }: TestOstler) =>
  reload({ ...config, llm: { ...config.llm, system_prompt: 'Be brief.' } });

it('who waits for the answer to an equal question is given it', async () => {
  expect(await bothAfter(() => {})).toEqual({
    ada: 'Be kind. | Why?',
    ben: 'Be kind. | Why?',
    generations: 1,
  });
});

it.each([
  ['is kept', {}],
  ['is not to be kept', { cache: { keep: false } }],
] as const)(
  'but not one made with a prompt that its chat was given meanwhile, where it %s',
  async (_, wish) => {
    const secret = 'The code of the safe is 1234.';
    const given = await bothAfter(({ front }) => front.setSystemPrompt(ADAS, secret), wish);
    expect(given).toEqual({ ada: `${secret} | Why?`, ben: 'Be kind. | Why?', generations: 2 });
  },
);

it('where the configuration is another one meanwhile, both are given what is asked now', async () => {
  expect(await bothAfter(rethink)).toEqual({
    ada: 'Be brief. | Why?',
    ben: 'Be brief. | Why?',
    generations: 1,
  });
});

it('where nobody shares any more, each is asked for themselves', async () => {
  const given = await bothAfter(({ config, reload }) =>
    reload({ ...config, response_cache: { ...config.response_cache, scope: 'user' } }),
  );
  expect(given).toEqual({ ada: 'Be kind. | Why?', ben: 'Be kind. | Why?', generations: 2 });
});
