import { describe, expect, it } from 'vitest';
import { insufficientMemory } from '../../src/models/insufficient-memory.ts';
import { judge, type Situation } from '../../src/models/verdict.ts';
import { FULL, HUGE, inMemory, model, NO_GPU, NO_SPILL, PINNED, situation } from './situations.ts';

describe('instead of a model that cannot be loaded', () => {
  const installed = [model('s', 4), model('m', 9), model('l', 23), model('xl', 41), model('huge', 60)];
  it.each<[string, Partial<Situation>, string | undefined]>([
    ['the largest one that the GPU holds', HUGE, 'l'],
    ['none where none is installed', { ...HUGE, installed: [] }, undefined],
    ['none where all are too large', { ...HUGE, installed: [model('xl', 41)] }, undefined],
    ['one that has room beside the pinned ones', PINNED, 'm'],
    [
      'one that Ollama too will find room for',
      { ...PINNED, installed: [model('m', 9, { beside: 13 }), model('s', 4)] },
      's',
    ],
    ['the pinned one itself, if it can answer', { ...PINNED, installed: [model('p', 8)] }, 'p'],
    ['only what is in memory, where no other may be', FULL, undefined],
    ['what is in memory, where no other may be', { ...FULL, installed: [model('p', 4)] }, 'p'],
    ['no larger one', { ...NO_SPILL, wanted: model('big', 25), installed: [model('big', 25)] }, undefined],
    ['one that fits, as far as the RAM goes', { ...HUGE, ...NO_GPU }, 'l'],
  ])('%s is offered', (_, more, tag) => {
    const verdict = judge(situation({ installed, ...more }));
    expect(verdict).toMatchObject({ kind: 'never' });
    expect(verdict.kind === 'never' && verdict.smaller?.tag).toBe(tag);
  });
});

describe('people are told', () => {
  const installed = [model('m', 9)];
  it.each<[string, Partial<Situation>, string, string]>([
    [
      'what is too large',
      { ...HUGE, installed },
      'huge needs at least 60.0 GB; this machine has 56.0 GB of memory for models in all.',
      'Pull a smaller model, or the same one with fewer bits. Or take m, which fits: 9.0 GB.',
    ],
    [
      'what the GPU does not hold',
      NO_SPILL,
      'big needs about 30.0 GB; the GPU has 24.0 GB for models.',
      'A smaller num_ctx makes it smaller; llm.memory.allow_spill: true lets a part of it run on the CPU, slowly.',
    ],
    [
      'who takes the room',
      { ...PINNED, installed },
      'big needs about 20.0 GB; beside p (pinned) there is room for 12.8 GB.',
      'Unpin p with /pin p off. Or take m, which fits: 9.0 GB.',
    ],
    [
      'who is in the way',
      {
        ...FULL,
        residents: [
          inMemory('p', 8, 'preserved'),
          { ...inMemory('q', 1, 'pinned'), byConfiguration: true },
          inMemory('r', 1, 'pinned'),
        ],
      },
      'No other model may be in memory beside p (preserved) and q (pinned) and r (pinned).',
      'Take p from llm.memory.preserve_models, or take pinned: true from q under llm.models, or unpin r with /pin r off, or raise llm.cache.max_models.',
    ],
  ])('%s', (_, more, message, hint) => {
    const { wanted, ...rest } = situation(more);
    const verdict = judge({ wanted, ...rest });
    if (verdict.kind !== 'never') throw new Error(`it ${verdict.kind}`);
    const error = insufficientMemory(wanted.tag, verdict);
    const { requiredBytes, availableBytes, freeableBytes } = verdict;
    const room = { requiredBytes, availableBytes, freeableBytes };
    expect(error).toMatchObject({ code: 'insufficient_memory', message, hint, room, retryable: false });
  });
});
