import type { Conversations } from '../chat/conversations.ts';
import type { Front } from '../chat/front.ts';
import { conversationOf } from '../chat/message.ts';
import { tagOf } from '../models/catalogue.ts';
import type { Snapshot } from './snapshot.ts';
import type { Switches } from './switches.ts';

type Needs = {
  readonly conversations: Conversations;
  readonly switches: Pick<Switches, 'admitChoice'>;
  readonly snapshot: () => Snapshot;
  /** Throws `not_installed`. */
  readonly requireModel: (name: string) => void;
};

/** What a chat has chosen: its model, and what models are told first. */
export function createChoices({ conversations, switches, snapshot, requireModel }: Needs) {
  return {
    async choose(address, model, person) {
      if (model !== null) requireModel(model);
      const tag = model === null ? null : tagOf(model, snapshot().settings.models);
      await switches.admitChoice({ address, person }, tag);
      await conversations.chooseModel(conversationOf(address), model);
    },
    chosen: (address) => conversations.chosenModel(conversationOf(address)),
    systemPrompt: (address) => conversations.systemPrompt(conversationOf(address)),
    setSystemPrompt: (address, text) => conversations.setSystemPrompt(conversationOf(address), text),
  } satisfies Partial<Front>;
}
