import { describeGigabytes } from '../chat/describe-amount.ts';
import { OstlerError, type Room } from '../errors.ts';
import { letOneGo } from './let-go.ts';
import type { Never } from './verdict.ts';

/** Why a model cannot be loaded, and what to do instead. */
export function insufficientMemory(tag: string, verdict: Never): OstlerError {
  const { smaller } = verdict;
  const instead = smaller && `Or take ${smaller.tag}, which fits: ${describeGigabytes(smaller.need.bytes)}.`;
  return new OstlerError(describeWhy(tag, verdict), {
    code: 'insufficient_memory',
    hint: [describeRemedy(verdict), instead].filter(Boolean).join(' '),
    room: roomOf(verdict),
  });
}

function roomOf({ requiredBytes, availableBytes, freeableBytes }: Never): Room {
  return {
    requiredBytes,
    ...(availableBytes !== undefined && { availableBytes }),
    ...(freeableBytes !== undefined && { freeableBytes }),
  };
}

function describeWhy(tag: string, { why, requiredBytes, keepers, ...verdict }: Never): string {
  const required = describeGigabytes(requiredBytes);
  const { availableBytes = 0, freeableBytes = 0 } = verdict;
  const most = describeGigabytes(availableBytes + freeableBytes);
  const names = keepers.map((keeper) => `${keeper.tag} (${keeper.keeps})`).join(' and ');
  switch (why) {
    case 'too_large':
      return `${tag} needs at least ${required}; this machine has ${most} of memory for models in all.`;
    case 'no_spill':
      return `${tag} needs about ${required}; the GPU has ${most} for models.`;
    case 'kept':
      return verdict.availableBytes === undefined
        ? `${tag} needs about ${required}; beside ${names} so much did not fit.`
        : `${tag} needs about ${required}; beside ${names} there is room for ${most}.`;
    case 'max_models':
      return `No other model may be in memory beside ${names}.`;
  }
}

function describeRemedy({ why, keepers }: Never): string {
  switch (why) {
    case 'too_large':
      return 'Pull a smaller model, or the same one with fewer bits.';
    case 'no_spill':
      return 'A smaller num_ctx makes it smaller; llm.memory.allow_spill: true lets a part of it run on the CPU, slowly.';
    case 'kept':
      return letOneGo(keepers);
    case 'max_models':
      return letOneGo(keepers, 'raise llm.cache.max_models');
  }
}
