import type { Telegram } from '../servers/telegram/telegram.ts';
import { createKiller } from './killer.ts';
import { shifted } from './shifted.ts';

/** What is cut off, or refused by whatever stands before Telegram. */
const METHODS = ['sendMessage', 'editMessageText', 'getUpdates', 'deleteMessage'] as const;
const KINDS = ['drop-before', 'drop-after', 'half-answer', 'not-json'] as const;

type Plan = {
  readonly telegram: Pick<Telegram, 'fault'>;
  readonly faults: number;
  readonly seed: number;
  readonly random: () => number;
  readonly total: number;
  /** What arrives now will be done, and its answer will not reach the bot. */
  readonly onCut: () => void;
};

/** Cuts connections at random, as `killer.ts` kills. */
export function createCutter({ telegram, faults, seed, random, total, onCut }: Plan) {
  let arriving: { method: string; chat: number | undefined } = { method: '', chat: undefined };
  const cutter = createKiller({
    random,
    kills: faults,
    total,
    aims: shifted(METHODS, seed),
    kill() {
      const { method, chat } = arriving;
      if (!METHODS.some((aim) => aim === method)) return false;
      const kind = KINDS[Math.floor(random() * KINDS.length)] ?? 'drop-before';
      telegram.fault({ method, kind, ...(chat !== undefined && { chat }) });
      if (kind === 'drop-after' || kind === 'half-answer') onCut();
      return true;
    },
  });
  return {
    progressed: cutter.progressed,
    /** The server has not looked at it yet. */
    arrived({ method, chat }: typeof arriving): void {
      arriving = { method, chat };
      cutter.happened(method);
    },
  };
}
