import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';
import { list, SIMULATED, whyNoModels } from './command-stats.ts';
import { describeModel, describeTimeLeft } from './describe-model.ts';

export const modelsCommand: Command = {
  name: 'models',
  description: 'List the models and which are in memory',
  who: 'everyone',
  async run({ front }) {
    const { models, ollama, simulated } = front.status();
    const now = front.now();
    const lines = models.map((model) =>
      [describeModel(model, codeSpan), describeTimeLeft(model, now)].filter(Boolean).join(' · '),
    );
    const told = list('Models', lines.length > 0 ? lines : [whyNoModels(ollama)]);
    return { markdown: simulated ? `${SIMULATED}\n\n${told}` : told };
  },
};
