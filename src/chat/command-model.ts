import { OstlerError, toFailure } from '../errors.ts';
import { codeSpan } from './code-span.ts';
import { ADMINS_ONLY, type Call, type Choice, type Command, mayChange, type Said } from './command.ts';
import { failureParagraphs } from './describe-answer.ts';
import type { Front } from './front.ts';
import { findModel, MOST_OFFERED, modelChoices, modelNames, noteOf, useModel } from './model-name.ts';
import { isReady, orderLoad } from './order-load.ts';
import type { ModelView } from './status-view.ts';

/** Gives the choice back to the rules. */
const AUTO = 'auto';
const AUTO_CHOICE: Choice = { value: AUTO, label: 'auto · the rules choose' };

export const modelCommand: Command = {
  name: 'model',
  description: 'Show or choose the model of this chat',
  argument: { name: 'name', choices },
  who: 'everyone',
  isForAll: true,
  audit: (argument) => noteOf('model', argument),
  async run(call) {
    const wanted = call.argument.trim();
    if (wanted === '') return show(call);
    if (!(await mayChange(call))) return ADMINS_ONLY;
    return choose(call, wanted);
  },
};

/** All that may be chosen: the rules, then the models. */
function choices(front: Front): readonly Choice[] {
  return [AUTO_CHOICE, ...modelChoices(front).filter(({ value }) => value !== AUTO)];
}

async function show(call: Call): Promise<Said> {
  const { front, address } = call;
  const chosen = await front.chosen(address);
  const markdown =
    chosen === null ? 'The rules choose the model for each question.' : describe(chosen, front);
  if (!(await mayChange(call))) return { markdown };
  const current = valueFor(chosen, front);
  const offered = choices(front)
    .slice(0, MOST_OFFERED)
    .map(({ value, label }) => ({ value, label: value === current ? `✓ ${label}` : label }));
  return { markdown, offer: { command: modelCommand.name, choices: offered } };
}

function describe(name: string, front: Front): string {
  const { models, ollama } = front.status();
  const model = findModel(name, models);
  if (model) return `This chat uses ${namesOf(name, model)}.`;
  const missing = ollama.reachable ? ', which is not among the installed models that can chat' : '';
  return `This chat uses ${codeSpan(name)}${missing}.`;
}

async function choose(call: Call, wanted: string): Promise<Said> {
  const { front, address, person } = call;
  return useModel(wanted, [AUTO, ...modelNames(front)], async (name) => {
    if (name === AUTO) {
      await front.choose(address, null, person);
      return { markdown: 'From now on the rules choose the model for each question of this chat.' };
    }
    await front.choose(address, name, person);
    const model = findModel(name, front.status().models);
    const chosen = `From now on this chat uses ${model ? namesOf(name, model) : codeSpan(name)}.`;
    return isReady(name, front) ? { markdown: chosen } : below(chosen, await load(call, name));
  });
}

/** The choice holds whatever becomes of its load. */
async function load(call: Call, name: string): Promise<Said> {
  try {
    return await orderLoad(call, name, false);
  } catch (error) {
    if (!(error instanceof OstlerError)) throw error;
    return { markdown: ['⚠️ It is not loaded now.', ...failureParagraphs(toFailure(error))].join('\n\n') };
  }
}

/** What is said of the load stands below the choice, which is done in any case. */
function below(chosen: string, { undone, more, ...said }: Said): Said {
  const placed = <T extends Said>(one: T): T => ({ ...one, markdown: `${chosen}\n\n${one.markdown}` });
  return { ...placed(said), ...(more && { more: mapped(more, placed) }) };
}

async function* mapped<T>(values: AsyncIterable<T>, change: (value: T) => T): AsyncGenerator<T> {
  for await (const value of values) yield change(value);
}

/** The value among the choices that stands for what was chosen. */
function valueFor(chosen: string | null, front: Front): string {
  if (chosen === null) return AUTO;
  const model = findModel(chosen, front.status().models);
  return model?.aliases.find((alias) => alias === chosen) ?? model?.aliases[0] ?? model?.tag ?? chosen;
}

function namesOf(name: string, { tag, aliases }: ModelView): string {
  return aliases.includes(name) ? `${codeSpan(name)} (${codeSpan(tag)})` : codeSpan(tag);
}
