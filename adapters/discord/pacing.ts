import type { ChatPacing, Pacing } from '../../src/reply/pace.ts';

/**
 * Discord promises no numbers for a channel; about five calls in 5 s pass. Half a second more, because calls may be
 * under way for differently long. https://docs.discord.com/developers/topics/rate-limits
 */
const CHANNEL: ChatPacing = {
  burst: 5,
  refillMs: 1_000,
  keptForFinals: 2,
  previewGapMs: 1_200,
  window: { calls: 5, previewCalls: 4, ms: 5_600 },
};

/** It takes 50 a second in all; what takes no turn (typing, presses) needs some of them. */
export const DISCORD_PACING: Pacing = {
  chat: () => CHANNEL,
  all: { calls: 40, previewCalls: 30, ms: 1_100 },
};
