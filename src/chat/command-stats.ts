import type { CacheStats } from '../stats/cache-stats.ts';
import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';
import { describeSpan } from './describe-amount.ts';
import { describeModel } from './describe-model.ts';
import { describeOllama } from './describe-ollama.ts';
import type { StatusView } from './front.ts';

const MOST_MODELS = 20;

export const SIMULATED = 'The models here are simulated: no real model answers.';

export const statsCommand: Command = {
  name: 'stats',
  description: 'Show the cache, models, queue and Ollama',
  who: 'everyone',
  run: async ({ front }) => ({
    markdown: [describeCache(front.cacheStats()), describeStatus(front.status())].join('\n\n'),
  }),
};

function describeCache(stats: CacheStats): string {
  const { hits, total_requests: total, hit_rate, l2, verdict } = stats;
  const rate =
    total === 0 ? 'nothing was asked yet' : `${Math.round(hit_rate * 100)} % of ${total} questions`;
  const lines = [
    `${hits} hits, of which ${stats.l1.hits} from memory${l2 ? `, ${l2.hits} from ${l2.backend}` : ''} and ${stats.shared} shared`,
    `saved: ${describeSpan(stats.saved_seconds)} and ${stats.saved_tokens.toLocaleString('en')} tokens`,
    ...(l2 && l2.state !== 'ready' ? [`${l2.backend} is ${l2.state}: memory alone is used meanwhile`] : []),
    verdict,
  ];
  return list(`Response cache: ${rate}`, lines);
}

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
