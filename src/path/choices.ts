import type { Conversations } from '../chat/conversations.ts';
import type { Front } from '../chat/front.ts';
import { conversationOf } from '../chat/message.ts';
import type { Limits } from '../people/limits.ts';

type Needs = {
  readonly conversations: Conversations;
  readonly limits: Pick<Limits, 'admitSwitch'>;
  /** Throws `not_installed`. */
  readonly requireModel: (name: string) => void;
};

/** What a chat has chosen: its model, and what models are told first. */
export function createChoices({ conversations, limits, requireModel }: Needs) {
  return {
    async choose(address, model, person) {
      if (model !== null) requireModel(model);
      await limits.admitSwitch({ address, person });
      await conversations.chooseModel(conversationOf(address), model);
    },
    chosen: (address) => conversations.chosenModel(conversationOf(address)),
    systemPrompt: (address) => conversations.systemPrompt(conversationOf(address)),
    setSystemPrompt: (address, text) => conversations.setSystemPrompt(conversationOf(address), text),
  } satisfies Partial<Front>;
}
