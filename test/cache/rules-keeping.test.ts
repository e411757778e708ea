import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { describeEnding } from '../../src/chat/describe-answer.ts';
import type { TestOstler } from '../servers/ostler.ts';
import { ALONE, ask, cachingHouse, counting, fromOf, HERE, MODEL, textOf } from './house.ts';
import { otherReason } from './other-reason.ts';

const numbers = async (ostler: TestOstler, times: number) => {
  const given: string[] = [];
  for (let time = 0; time < times; time += 1) given.push(textOf(await ostler.ask('Why?', ALONE)));
  return given;
};

describe('rule 6: only a whole answer is kept', () => {
  it('not one that was cut off', async () => {
    const { ostler } = await cachingHouse({ llm: { options: { temperature: 0, num_predict: 1 } } });
    expect([await ask(ostler, 'Why is that so?'), await ask(ostler, 'Why is that so?')]).toEqual([
      'local',
      'local',
    ]);
  });

  it('not one that was stopped', async () => {
    const { ollama, ostler } = await cachingHouse();
    const generation = ollama.hold({ at: 'generation', afterTokens: 1 });
    const stopped = await ostler.send('What is long?', ALONE);
    await generation.reached;
    await ostler.front.stop(HERE);
    generation.release();
    expect(fromOf(await ostler.follow().outcome(stopped.job))).toBe('cancelled');
    expect(await ask(ostler, 'What is long?')).toBe('local');
    expect(ostler.front.cacheStats().hits).toBe(0);
  });

  it.each(['stream-breaks', 'connection-drops'] as const)('not one that failed: %s', async (type) => {
    const { ollama, ostler } = await cachingHouse({ llm: { options: { temperature: 0 }, max_retries: 0 } });
    ollama.inject({ type, afterTokens: 2 });
    expect(await ask(ostler, 'Why is that so?')).toBe('failure');
    expect(await ask(ostler, 'Why is that so?')).toBe('local');
    expect(ostler.front.cacheStats()).toMatchObject({ hits: 0, sets: 1 });
  });

  it.each(['load', 'unload', 'a reason of a later version', ''])(
    'not one whose last line gives the reason “%s”, and nobody is told that it is whole',
    async (reason) => {
      const { give, through } = otherReason();
      const { ostler } = await cachingHouse({}, { ...counting(), through });
      give(reason);
      const outcome = await ostler.ask('Why?', ALONE);
      expect(outcome).toMatchObject({ answer: { text: '1', finished: 'other', unkept: 'cut_off' } });
      expect(describeEnding(outcome)).toContain('the answer may be incomplete');
      expect(await numbers(ostler, 1)).toEqual(['2']);
      give(undefined);
      expect(await numbers(ostler, 2)).toEqual(['3', '3']);
    },
  );
});

describe('rule 7: temperature', () => {
  it.each([
    [{ temperature: 0.3 }, {}, 'cache'],
    [{ temperature: 0.31 }, {}, 'local'],
    [{ temperature: 0.9, seed: 1 }, {}, 'cache'],
    // Where the configuration says nothing, the model's own counts (decision 13), else 0.8 as at Ollama.
    [{}, {}, 'local'],
    [{}, { temperature: 0.2 }, 'cache'],
    [{}, { temperature: 0.7 }, 'local'],
    [{ temperature: 0.9 }, { temperature: 0.2 }, 'local'],
    [{ temperature: 0.3 }, { temperature: 0.7 }, 'cache'],
  ])('with %j, of a model with %j, the second answer is %s', async (options, parameters, from) => {
    const { ostler } = await cachingHouse(
      { llm: { options, routing: { default: MODEL } } },
      { models: [{ tag: MODEL, sizeGb: 4, parameters }] },
    );
    await ask(ostler, 'Why?');
    expect(await ask(ostler, 'Why?')).toBe(from);
  });
});

describe('rule 10: races', () => {
  it('what is asked while all is cleared does not come back', async () => {
    const { ollama, ostler } = await cachingHouse();
    const generation = ollama.hold({ at: 'generation', afterTokens: 1 });
    const asked = await ostler.send('Why?', ALONE);
    await generation.reached;
    await ostler.front.clearCache();
    generation.release();
    await ostler.follow().outcome(asked.job);
    expect([await ask(ostler, 'Why?'), await ask(ostler, 'Why?')]).toEqual(['local', 'cache']);
  });
});

describe('rule 11: what the second tier gives is looked at: a bad value is a miss, counted as an error', () => {
  it.each([
    ['is of another version', '"value":{"v":1', '"value":{"v":2'],
    ['has no text', '"text":"1"', '"text":""'],
    ['lacks something', '"tokens"', '"token"'],
    ['is no JSON', '"value":{"v"', '"value":{v"'],
    ['was not written by us', '"value"', '"valu"'],
  ])('where it %s', async (_, wrote, damaged) => {
    const { config, ostler, open } = await cachingHouse({}, counting());
    expect(await numbers(ostler, 1)).toEqual(['1']);
    await ostler.close();
    const db = new DatabaseSync(join(config.data_dir, 'cache.db'));
    const changed = db.prepare('UPDATE entries SET kept = replace(kept, ?, ?) WHERE instr(kept, ?) > 0');
    expect(changed.run(wrote, damaged, wrote).changes).toBe(1);
    db.close();
    const again = await open();
    expect(await numbers(again, 1)).toEqual(['2']);
    expect(again.front.cacheStats()).toMatchObject({ misses: 2, l2: { errors: 1, hits: 0 } });
    await again.close();
    expect(await numbers(await open(), 1)).toEqual(['2']);
  });
});
