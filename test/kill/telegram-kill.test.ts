import { describe, expect, it } from 'vitest';
import { playTelegramRound } from './telegram-round.ts';

const LONGEST_MS = 180_000;

describe.each(['sqlite', 'redis'] as const)('with the queue on %s', (queue) => {
  it(
    'every message on Telegram has one complete answer, in order, however the bot is killed',
    async () => {
      const seed = Number(process.env.OSTLER_KILL_SEED ?? Date.now() % 1_000_000);
      console.log(`${queue}: OSTLER_KILL_SEED=${seed} repeats these moments`);
      const round = await playTelegramRound({ queue, seed, kills: 5, faults: 4 });
      expect(round.faults, round.errors.join('\n')).toEqual([]);
      expect(round).toMatchObject({ kills: 5, questions: 200, exitCode: 0 });
    },
    LONGEST_MS,
  );
});
