import { expect, it } from 'vitest';
import { createSwitches } from '../../src/path/switches.ts';

const MODEL = 'qwen2.5:7b';
const who = (id: number) => ({ address: { platform: 'web', chat: 'one' }, person: { id: `${id}` } });

it('who chose is remembered until they load it, or a thousand others have chosen since', async () => {
  let switched = 0;
  const switches = createSwitches({
    async admitSwitch() {
      switched += 1;
    },
  });
  for (let id = 0; id <= 1_000; id += 1) await switches.admitChoice(who(id), MODEL);
  switched = 0;
  await switches.admitLoad(who(1), MODEL);
  expect(switched).toBe(0);
  await switches.admitLoad(who(1), MODEL);
  expect(switched).toBe(1);
  await switches.admitLoad(who(0), MODEL);
  expect(switched).toBe(2);
});
