import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';
import { findModel, MOST_OFFERED, modelChoices, modelNames, noteOf, useModel } from './model-name.ts';
import type { ModelView } from './status-view.ts';

const IN_MEMORY: readonly ModelView['state'][] = ['ready', 'in_use', 'loading'];

export const unloadCommand: Command = {
  name: 'unload',
  description: 'Take a model out of the memory',
  argument: { name: 'model', choices: (front) => modelChoices(front, isThere) },
  who: 'bot-admins',
  audit: (argument) => noteOf('unload', argument),
  async run({ front, argument }) {
    const wanted = argument.trim();
    if (wanted === '') {
      const choices = modelChoices(front, isThere).slice(0, MOST_OFFERED);
      if (choices.length === 0) return { markdown: 'No model is in memory.' };
      return { markdown: 'Which model shall leave the memory?', offer: { command: 'unload', choices } };
    }
    return useModel(wanted, modelNames(front), async (name) => {
      front.unload(name);
      const { tag, state } = findModel(name, front.status().models) ?? { tag: name, state: 'not_loaded' };
      return { markdown: `${codeSpan(tag)} ${describe(state)}.` };
    });
  },
};

const isThere = ({ state }: ModelView) => IN_MEMORY.includes(state);

function describe(state: ModelView['state']): string {
  if (state === 'in_use') return 'leaves the memory as soon as it has answered';
  return state === 'not_loaded' || state === 'failed' ? 'is not in memory' : 'leaves the memory';
}
