import { describeLoadedSpill } from '../models/cpu-share.ts';
import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';
import { list, SIMULATED, whyNoModels } from './command-stats.ts';
import { describeModel, describeTimeLeft } from './describe-model.ts';
import { escapeMarkdown } from './escape-markdown.ts';

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
    const slow = models.flatMap(({ tag, spill }) => {
      if (!spill) return [];
      const { message, hint } = describeLoadedSpill(tag, spill);
      return [`⚠️ ${escapeMarkdown(`${message} ${hint}`)}`];
    });
    return { markdown: [...(simulated ? [SIMULATED] : []), told, ...slow].join('\n\n') };
  },
};
