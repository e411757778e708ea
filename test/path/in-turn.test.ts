import { expect, it } from 'vitest';
import { createTurns } from '../../src/path/in-turn.ts';

it('tasks of one key run in the order of the calls, whatever each takes; others do not wait', async () => {
  const inTurn = createTurns();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inTurn('a', async () => {
    await gate.promise;
    done.push('first');
  });
  const failing = inTurn('a', async () => {
    done.push('second');
    throw new Error('no');
  });
  const third = inTurn('a', async () => void done.push('third'));
  await inTurn('b', async () => void done.push('other'));
  gate.resolve();
  await expect(failing).rejects.toThrow('no');
  await Promise.all([first, third]);
  expect(done).toEqual(['other', 'first', 'second', 'third']);
});
