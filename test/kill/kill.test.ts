import { describe, expect, it } from 'vitest';
import { playRound } from './round.ts';

const LONGEST_MS = 90_000;
/** Each kill may meet so many outcomes between their being told and our note of it. */
const ANSWERED_AT_ONCE = 8;

describe.each(['sqlite', 'redis'] as const)('with the queue on %s', (queue) => {
  it(
    'every question is answered once and in order, however the bot is killed',
    async () => {
      const seed = Number(process.env.OSTLER_KILL_SEED ?? Date.now() % 1_000_000);
      console.log(`${queue}: OSTLER_KILL_SEED=${seed} repeats these moments`);
      const round = await playRound({ queue, seed, kills: 5, chats: 20, questionsPerChat: 10 });
      expect(round.faults, round.errors.join('\n')).toEqual([]);
      expect(round).toMatchObject({ kills: 5, questions: 200, exitCode: 0 });
      expect(round.repeated).toBeLessThanOrEqual(round.kills * ANSWERED_AT_ONCE);
    },
    LONGEST_MS,
  );
});
