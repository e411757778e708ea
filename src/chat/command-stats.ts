import type { LlmStats } from '../stats/llm-stats.ts';
import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';
import { describeShare } from './describe-amount.ts';
import { describeCache, describeHitRate } from './describe-cache.ts';
import { describeModel } from './describe-model.ts';
import { describeOllama } from './describe-ollama.ts';
import type { StatusView } from './status-view.ts';

const MOST_MODELS = 20;

export const SIMULATED = 'The models here are simulated: no real model answers.';

export const statsCommand: Command = {
  name: 'stats',
  description: 'Show the cache, models, queue and Ollama',
  who: 'everyone',
  async run({ front }) {
    const stats = front.cacheStats();
    const cache = list(`Response cache: ${describeHitRate(stats)}`, describeCache(stats));
    const swaps = list('Swaps', describeSwaps(front.llmStats()));
    return { markdown: [cache, swaps, describeStatus(front.status())].join('\n\n') };
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

function describeSwaps(stats: LlmStats): readonly string[] {
  const { swaps, cache_hits: hits, cache_misses: misses, cache_hit_rate: rate } = stats;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)}\u00a0s`;
  const times = `${seconds(stats.avg_swap_time_ms)} on average, ${seconds(stats.p95_swap_time_ms)} at the 95th percentile`;
  if (swaps === 0) return ['No model was loaded yet.'];
  const questions = hits + misses;
  return [
    `${swaps === 1 ? '1 load' : `${swaps} loads`}: ${times}`,
    ...(questions === 0
      ? []
      : [`${describeShare(rate)} of ${questions} questions found their model in memory`]),
  ];
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
