import type { ChatState } from './chat-state.ts';
import type { ChatMessage, Draft, HistoryEntry } from './message.ts';
import type { ChatType } from './wire.ts';

const DRAFT_LIVES_MS = 30_000;
const ACTION_LIVES_MS = 5_000;

/** A chat as tests see it. */
export type Chat = {
  readonly id: number;
  readonly type: ChatType;
  readonly title: string;
  /** The visible ones, in order. */
  messages(): readonly ChatMessage[];
  message(id: number): ChatMessage | undefined;
  /** The visible ones of the bot. */
  fromBot(): readonly ChatMessage[];
  /** Everything that happened, with times: what people saw follows from it alone. */
  history(): readonly HistoryEntry[];
  /** The draft that is on the screen. */
  draft(): Draft | undefined;
  /** What the bot seems to be doing, such as `typing`. */
  action(): string | undefined;
  /** How many 429s the bot got for it. */
  refusals(): number;
};

export function createChat(state: ChatState, now: () => number, refusals: (chat: number) => number): Chat {
  const { id, type, title } = state;
  return {
    id,
    type,
    title,
    messages: () => [...state.messages.values()],
    message: (wanted) => state.messages.get(wanted),
    fromBot: () => [...state.messages.values()].filter(({ from }) => from.isBot),
    history: () => [...state.history],
    draft: () => (state.draft && now() - state.draft.shownAtMs < DRAFT_LIVES_MS ? state.draft : undefined),
    action: () =>
      state.action && now() - state.action.atMs < ACTION_LIVES_MS ? state.action.action : undefined,
    refusals: () => refusals(id),
  };
}
