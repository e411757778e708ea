import type { ChatPacing, Pacing } from '../../src/reply/pace.ts';
import { isGroup } from './target.ts';

/** Telegram asks for about one call a second in a chat. Limits: core.telegram.org/bots/faq, broadcasting. */
const CHAT: ChatPacing = { burst: 3, refillMs: 1_000, keptForFinals: 2, previewGapMs: 1_200 };

/** And for 20 a minute in a group: a minute, and a second because calls may be under way for differently long. */
const GROUP: ChatPacing = {
  ...CHAT,
  previewGapMs: 3_500,
  window: { calls: 20, previewCalls: 14, ms: 61_000 },
};

/** It takes about 30 a second in all; a second, and a tenth for the same reason. */
export const TELEGRAM_PACING: Pacing = {
  chat: (name) => (isGroup(name) ? GROUP : CHAT),
  all: { calls: 28, previewCalls: 20, ms: 1_100 },
};
