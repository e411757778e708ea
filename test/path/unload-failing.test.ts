import { describe, expect, it } from 'vitest';
import { skippableTime } from '../fakes/skippable-time.ts';
import type { TestOstler } from '../servers/ostler.ts';
import {
  ask,
  askAsOther,
  CODE,
  LARGE,
  open,
  ordered,
  passUntil,
  residents,
  SMALL,
  unloads,
} from './stable-house.ts';

const shown = ({ front }: TestOstler) => front.status().models.map(({ tag, state }) => `${tag} ${state}`);
const ELSEWHERE = { address: { platform: 'web', chat: 'two' } };

describe('a model that was told to leave and does not', () => {
  it('since another client keeps it busy, answers again and is not told without end', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open({}, { parallel: 2 });
    await ostler.ask('hello');
    const other = await askAsOther(ollama, LARGE);
    ostler.front.unload(LARGE);
    const isKept = () => ostler.lines.some(({ message }) => message.includes('did not leave'));
    await passUntil(time, () => isKept());
    expect(await ask(time, ostler, 'a question meanwhile', LARGE)).toMatchObject({ kind: 'answer' });
    expect(unloads(ollama)).toEqual([LARGE]);
    await other.end();
  });

  it('since its name was deleted, is out of sight and told once', async () => {
    const { ollama, ostler } = await open();
    const hold = ollama.hold({ at: 'generation' });
    const answer = ostler.ask('hello');
    await hold.reached;
    ostler.front.unload(LARGE);
    ollama.deleteModel(LARGE);
    hold.release();
    await answer;
    await expect.poll(() => shown(ostler)).not.toContain(`${LARGE} ready`);
    await ostler.ask('some code', { model: CODE, ...ELSEWHERE });
    expect(unloads(ollama)).toEqual([LARGE]);
  });
});

describe('a victim whose name was deleted', () => {
  it('does not fail the model that needs its room', async () => {
    const { ollama, ostler } = await open({ max_retries: 0 });
    await ostler.ask('hello');
    ollama.deleteModel(LARGE);
    await ostler.front.resync();
    const order = await ordered(ostler, CODE);
    expect(await order.end).toMatchObject({ type: 'loaded', model: CODE });
    expect(residents(ollama)).toEqual([CODE]);
  });

  it('nor keeps the others where they are', async () => {
    const { ollama, ostler } = await open({ max_retries: 0 });
    await ostler.ask('hello', { model: SMALL });
    await ostler.ask('some code', { model: CODE });
    ollama.deleteModel(SMALL);
    await ostler.front.resync();
    const order = await ordered(ostler, LARGE);
    expect(await order.end).toMatchObject({ type: 'loaded', model: LARGE });
    expect(residents(ollama)).toEqual([LARGE]);
  });
});
