import { isDeepStrictEqual } from 'node:util';
import { mostModelsOf } from '../models/keep-alive.ts';
import { sameTag } from '../models/tag.ts';
import { compilePattern } from '../path/pattern.ts';
import { runnerOptions } from './llm-schema.ts';
import { isLoopback } from './loopback.ts';
import type { Finding, Path } from './mistakes.ts';
import { nearest } from './nearest.ts';
import { readWritten, type Written, type WrittenModel, type WrittenRule } from './written.ts';

/** What is said instead of a value that may not be shown. */
type HiddenAs = (path: Path) => string | undefined;

/** What the schema cannot say because it takes more than one option: pure, each finding with its place. */
export function checkOptions(value: unknown, hiddenAs: HiddenAs = () => undefined): readonly Finding[] {
  const written = readWritten(value);
  return [
    ...checkAliases(written.models),
    ...checkSameTags(written.models),
    ...checkPins(written),
    ...checkModel(written.default, ['llm', 'routing', 'default'], written.models, hiddenAs),
    ...written.named.flatMap(({ path, model }) => checkModel(model, path, written.models, hiddenAs)),
    ...written.rules.flatMap((rule, index) => checkRule(rule, index, written.models, hiddenAs)),
    ...checkBaseUrl(written.baseUrl),
    ...checkWeb(written.web),
    ...checkWebhook(written.webhook),
  ];
}

function checkAliases(models: readonly WrittenModel[]): readonly Finding[] {
  const aliases = new Set(models.map(({ alias }) => alias));
  return models.flatMap(({ alias, tag }): Finding[] => {
    const path = ['llm', 'models', alias];
    if (alias in {}) return [{ path, message: 'cannot be used as a short name', fix: 'Choose another one.' }];
    if (!tag || tag.includes(':') || tag === alias || !aliases.has(tag)) return [];
    const fix = 'Write the tag itself, with its colon if it is called the same.';
    return [{ path, message: 'names another short name instead of a tag', fix }];
  });
}

function checkSameTags(models: readonly WrittenModel[]): readonly Finding[] {
  return models.flatMap(({ alias, tag, options }, index): Finding[] => {
    const first = models.slice(0, index).find((other) => tag && other.tag && sameTag(other.tag, tag));
    if (!first || isDeepStrictEqual(runnerOptionsOf(first.options), runnerOptionsOf(options))) return [];
    const names = Object.keys({ ...runnerOptionsOf(first.options), ...runnerOptionsOf(options) });
    return [
      {
        path: ['llm', 'models', alias],
        message: `is the same model as ${first.alias} with another ${names.join(', ')}: Ollama would load it again at every change`,
        fix: 'Give both the same, or keep one.',
      },
    ];
  });
}

/** Those beyond the limit would never come into the memory. */
function checkPins({ models, cache }: Written): readonly Finding[] {
  const most = cache.mostModels ?? mostModelsOf(cache.type);
  const pinned = models
    .filter(({ isPinned }) => isPinned)
    .filter(
      ({ tag }, index, all) =>
        !all.slice(0, index).some((other) => tag && other.tag && sameTag(other.tag, tag)),
    );
  return pinned.slice(most).map(({ alias }) => ({
    path: ['llm', 'models', alias, 'pinned'],
    message: `is one pinned model more than may be in memory: llm.cache allows ${most}`,
    fix: 'Pin fewer, or raise llm.cache.max_models.',
  }));
}

function runnerOptionsOf(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name in runnerOptions.shape));
}

function checkRule(
  rule: WrittenRule,
  index: number,
  models: readonly WrittenModel[],
  hiddenAs: HiddenAs,
): readonly Finding[] {
  const path = ['llm', 'routing', 'rules', index];
  return [
    ...checkTarget(rule, path),
    ...checkPattern(rule.pattern, [...path, 'pattern'], hiddenAs),
    ...checkModel(rule.model, [...path, 'model'], models, hiddenAs),
    ...checkTask(rule.task, [...path, 'task'], models, hiddenAs),
  ];
}

function checkTarget(rule: WrittenRule, path: Path): readonly Finding[] {
  if (rule.names.length === 1) return [];
  if (rule.names.length === 2)
    return [{ path, message: 'has both model and task', fix: 'Keep one of them.' }];
  return [{ path, message: 'names neither model nor task', fix: 'Add one of them.' }];
}

function checkPattern(pattern: string | undefined, path: Path, hiddenAs: HiddenAs): readonly Finding[] {
  try {
    if (pattern) compilePattern(pattern);
    return [];
  } catch (error) {
    const hidden = hiddenAs(path);
    const reason = error instanceof Error ? error.message : String(error);
    return [{ path, message: hidden ? `${hidden} is not an RE2 expression` : reason }];
  }
}

function checkModel(
  model: string | undefined,
  path: Path,
  models: readonly WrittenModel[],
  hiddenAs: HiddenAs,
): readonly Finding[] {
  if (!model || model.includes(':')) return [];
  if (models.some(({ alias, tag }) => model === alias || model === tag)) return [];
  const aliases = models.map(({ alias }) => alias);
  const hidden = hiddenAs(path);
  return [
    {
      path,
      message: `${hidden ?? JSON.stringify(model)} is no short name under llm.models`,
      fix: `${suggest(model, aliases)}A tag is written with its colon, as in llama3:latest.`,
    },
  ];
}

function checkTask(
  task: string | undefined,
  path: Path,
  models: readonly WrittenModel[],
  hiddenAs: HiddenAs,
): readonly Finding[] {
  const tasks = [...new Set(models.flatMap((model) => model.tasks))];
  if (!task || tasks.includes(task)) return [];
  return [
    {
      path,
      message: `${hiddenAs(path) ?? JSON.stringify(task)} is a task that no model lists`,
      fix: `${suggest(task, tasks)}Tasks stand in task_types of a model.`,
    },
  ];
}

function suggest(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  return near ? `Did you mean "${near}"? ` : '';
}

function checkBaseUrl(url: string | undefined): readonly Finding[] {
  if (!url || !/[?#]/.test(url)) return [];
  return [{ path: ['llm', 'base_url'], message: 'has something after ? or #', fix: 'End it before.' }];
}

function checkWeb({ enabled, host, key }: Written['web']): readonly Finding[] {
  if (!enabled || !host || isLoopback(host) || key) return [];
  return [
    {
      path: ['web', 'host'],
      message: 'others than this machine could open the page without a key',
      fix: 'Set web.key (OSTLER_WEB_KEY), or write 127.0.0.1.',
      drawnFrom: [['web', 'key']],
    },
  ];
}

function checkWebhook({ url, secret }: Written['webhook']): readonly Finding[] {
  if (!url || secret) return [];
  return [
    {
      path: ['telegram', 'webhook', 'url'],
      message: 'anybody could send updates there without a secret',
      fix: 'Set telegram.webhook.secret (TELEGRAM_WEBHOOK_SECRET) to a long random text.',
      drawnFrom: [['telegram', 'webhook', 'secret']],
    },
  ];
}
