import { expect, it } from 'vitest';
import { simulatedOllama, testOstler } from '../servers/ostler.ts';
import { turnsOf } from '../servers/telegram-bot.ts';

const HERE = { platform: 'web', chat: 'one' };

it('a question that is asked again is asked as if it had not been answered, and its new answer takes the place', async () => {
  const ollama = await simulatedOllama({ answer: ({ turns }) => `You said: ${turns.at(-1)?.content}` });
  const ostler = await testOstler(ollama, { llm: { routing: { default: 'qwen2.5:7b' } } });
  const followed = ostler.follow();
  await ostler.ask('One');
  let job = (await ostler.send('Two')).job;
  await followed.outcome(job);
  for (const id of ['again-1', 'again-2']) {
    const again = await ostler.front.again(HERE, job, id);
    if (again.kind === 'refused') throw new Error('It was refused.');
    job = again.job;
    await followed.outcome(job);
  }
  await ostler.ask('Three');
  const seen = turnsOf(ollama).map((turns) =>
    turns.filter(({ role }) => role === 'user').map(({ content }) => content),
  );
  expect(seen).toEqual([['One'], ['One', 'Two'], ['One', 'Two'], ['One', 'Two'], ['One', 'Two', 'Three']]);
});
