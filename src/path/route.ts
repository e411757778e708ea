import type { Config } from '../config/schema.ts';
import { type Failure, OstlerError, toFailure } from '../errors.ts';
import { canChat, canSee, defined, findInstalled, type NamedModel, tagOf } from '../models/catalogue.ts';
import { isCloudTag, sameTag } from '../models/tag.ts';
import type { Installed } from '../ports/models.ts';
import type { Route } from './job.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** Named to people who have no model, or none that can see. */
const SUGGESTION = 'llama3.2';
const VISION_SUGGESTION = 'qwen2.5vl:7b';

type Rule = Config['llm']['routing']['rules'][number];
export type Rules = readonly (Rule & { readonly compiled: Pattern })[];

/** The part of the configuration that decides who answers; compiled once. */
export type Routing = {
  readonly models: readonly NamedModel[];
  readonly rules: Rules;
  readonly default: string | null;
};

export function compileRules(rules: readonly Rule[]): Rules {
  return rules.map((rule) => ({ ...rule, compiled: compilePattern(rule.pattern) }));
}

type Asked = { readonly text: string; readonly model?: string; readonly standalone?: boolean };

/**
 * Who is meant to answer: the model named with the message → this chat's own choice → the matching rule with
 * the highest confidence, the first of equals → the default.
 */
export function route(asked: Asked, choice: string | null, routing: Routing): Route {
  const standalone = asked.standalone ?? false;
  const named = asked.model ?? choice;
  if (named !== undefined && named !== null) {
    const by = asked.model === undefined ? 'choice' : 'message';
    const reason = by === 'choice' ? `this chat chose ${named}` : `${named} was asked for`;
    return { ...targetOf(named, routing.models), by, reason, standalone };
  }
  const matching = routing.rules.filter((rule) => rule.compiled.matches(asked.text));
  const best = matching.reduce<Rules[number] | undefined>(
    (first, rule) => (first === undefined || rule.confidence > first.confidence ? rule : first),
    undefined,
  );
  if (best !== undefined) return byRule(best, standalone, routing);
  if (routing.default === null) return { model: '', by: 'default', reason: 'no rule matched', standalone };
  return {
    ...targetOf(routing.default, routing.models),
    by: 'default',
    reason: `no rule matched: ${routing.default} is the default`,
    standalone,
  };
}

function targetOf(name: string, models: readonly NamedModel[]): Pick<Route, 'model' | 'alias'> {
  const isAlias = models.some(({ alias }) => alias === name);
  return { model: tagOf(name, models), ...(isAlias && { alias: name }) };
}

function byRule(rule: Rules[number], standalone: boolean, routing: Routing): Route {
  const forTask = routing.models.find(
    (model) => rule.task !== undefined && model.task_types.includes(rule.task),
  );
  const options = defined(rule.options);
  const goal = rule.task === undefined ? '' : ` for the task “${rule.task}”`;
  return {
    ...targetOf(forTask?.alias ?? rule.model ?? '', routing.models),
    by: 'rule',
    rule: rule.pattern,
    ...(rule.task !== undefined && { task: rule.task }),
    reason: `matched the rule ${rule.pattern}${goal}`,
    standalone: standalone || rule.standalone,
    ...(Object.keys(options).length > 0 && { options }),
    ...cacheOf(rule),
    ...(rule.format !== undefined && { format: rule.format }),
  };
}

function cacheOf({ cache, cache_ttl }: Rules[number]): Pick<Route, 'cache'> {
  if (!cache) return { cache: { read: false, keep: false } };
  return cache_ttl === undefined ? {} : { cache: { ttlSeconds: cache_ttl } };
}

/** Which model answers in the end, given what is installed; `notice` is told to the person. */
export type Placement =
  | { readonly kind: 'model'; readonly model: string; readonly reason: string; readonly notice?: string }
  | { readonly kind: 'impossible'; readonly failure: Failure };

type World = { readonly installed: readonly Installed[]; readonly residents: readonly string[] };

/** Turns the intended model into one that is installed, and that can see where a picture was sent. */
export function place(wanted: Route, hasImages: boolean, world: World, routing: Routing): Placement {
  const chosen = wanted.model === '' ? anyModel(world) : findInstalled(wanted.model, world.installed);
  if (hasImages && !(chosen && canSee(chosen))) return placeForImages(wanted, chosen, world, routing);
  if (chosen) return { kind: 'model', model: chosen.tag, reason: wanted.reason };
  const fallback =
    routing.default === null
      ? anyModel(world)
      : findInstalled(tagOf(routing.default, routing.models), world.installed);
  if (!fallback) return impossible(noModel(wanted, world, routing));
  const { trouble, advice } = absence(wanted.model);
  return {
    kind: 'model',
    model: fallback.tag,
    reason: `${wanted.reason}, but it ${trouble}`,
    notice: `${wanted.model} ${trouble}, so ${fallback.tag} answers. ${advice}`,
  };
}

/** Why a model that was meant does not answer. */
function absence(model: string): { trouble: string; advice: string } {
  if (isCloudTag(model)) return { trouble: 'runs in a cloud', advice: 'Only local models are asked.' };
  return { trouble: 'is not installed', advice: `To install it: ollama pull ${model}` };
}

/** With no default: a model that is in memory, else the one installed last. */
function anyModel({ installed, residents }: World): Installed | undefined {
  const able = installed.filter(canChat);
  const resident = able.find((model) => residents.some((tag) => sameTag(tag, model.tag)));
  return resident ?? able.toSorted((one, other) => other.modifiedAt.localeCompare(one.modifiedAt))[0];
}

function placeForImages(
  wanted: Route,
  chosen: Installed | undefined,
  world: World,
  routing: Routing,
): Placement {
  const seeing = world.installed.filter(canSee);
  const named = routing.models.flatMap(({ tag }) => seeing.find((model) => sameTag(model.tag, tag)) ?? []);
  const model = named[0] ?? anyModel({ ...world, installed: seeing });
  if (!model) {
    return impossible(
      new OstlerError('None of the installed models can look at pictures.', {
        code: 'no_vision',
        hint: `Install one that can: ollama pull ${VISION_SUGGESTION}`,
      }),
    );
  }
  const reason = `${model.tag} can look at pictures`;
  if (wanted.by === 'default' || wanted.model === '') return { kind: 'model', model: model.tag, reason };
  const cannot = chosen ? 'cannot look at pictures' : 'is not installed';
  return {
    kind: 'model',
    model: model.tag,
    reason,
    notice: `${wanted.model} ${cannot}, so ${model.tag} answers.`,
  };
}

function noModel(wanted: Route, { installed }: World, routing: Routing): OstlerError {
  const defaultTag = routing.default === null ? '' : tagOf(routing.default, routing.models);
  const missing = wanted.model || defaultTag || SUGGESTION;
  const hint = `ollama pull ${missing}`;
  if (installed.length === 0)
    return new OstlerError('No model is installed on Ollama.', { code: 'no_model', hint });
  const both = defaultTag !== '' && !sameTag(defaultTag, missing);
  const message = `The model ${missing} is not installed${both ? `, and neither is the default ${defaultTag}` : ''}.`;
  return new OstlerError(message, { code: 'no_model', hint });
}

function impossible(error: OstlerError): Placement {
  return { kind: 'impossible', failure: toFailure(error) };
}
