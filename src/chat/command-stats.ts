import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';
import { describeCache, describeHitRate } from './describe-cache.ts';
import { describeModel } from './describe-model.ts';
import { describeOllama } from './describe-ollama.ts';
import type { StatusView } from './front.ts';

const MOST_MODELS = 20;

export const SIMULATED = 'The models here are simulated: no real model answers.';

export const statsCommand: Command = {
  name: 'stats',
  description: 'Show the cache, models, queue and Ollama',
  who: 'everyone',
  async run({ front }) {
    const stats = front.cacheStats();
    const cache = list(`Response cache: ${describeHitRate(stats)}`, describeCache(stats));
    return { markdown: [cache, describeStatus(front.status())].join('\n\n') };
  },
};

function describeStatus(status: StatusView): string {
  const { version, ollama, waiting, running, simulated } = status;
  return [
    ...(simulated ? [SIMULATED] : []),
    list('Models', describeModels(status)),
    `**Questions**: ${waiting} waiting, ${running} running.`,
    `**Ollama**: ${describeOllama(ollama, codeSpan)}`,
    `**Ostler**: ${codeSpan(version)}`,
  ].join('\n\n');
}

function describeModels({ models, ollama }: StatusView): readonly string[] {
  if (models.length === 0) return [whyNoModels(ollama)];
  const more = models.length - MOST_MODELS;
  const shown = models.slice(0, MOST_MODELS).map((model) => describeModel(model, codeSpan));
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

/** What stands in the place of the models where there are none. */
export function whyNoModels({ reachable }: StatusView['ollama']): string {
  return reachable ? 'No model that can chat is installed.' : 'Not known while Ollama is away.';
}

export function list(title: string, lines: readonly string[]): string {
  return [`**${title}**`, '', ...lines.map((line) => `- ${line}`)].join('\n');
}
