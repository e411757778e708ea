import { describeSpill } from '../models/cpu-share.ts';
import type { SwitchEvent } from '../models/switching.ts';
import { codeSpan } from './code-span.ts';
import { ADMINS_ONLY, type Call, type Choice, type Command, mayChange, type Said } from './command.ts';
import { describeShare } from './describe-amount.ts';
import { sayNever, sayOfSwitch } from './describe-switch.ts';
import { describeUnload } from './describe-unload.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import type { Front } from './front.ts';
import { concernsOf } from './load-concerns.ts';
import { choice, findModel, MOST_OFFERED, modelChoices, modelNames, noteOf, useModel } from './model-name.ts';
import { splitWord } from './split-word.ts';
import type { Foresight } from './status-view.ts';

/** After a name: whoever orders it was asked, and is sure. */
const NOW = 'now';
/** In the place of a name: everything stays as it is. */
const KEEP = 'keep';

export const loadCommand: Command = {
  name: 'load',
  description: 'Load a model into the memory now',
  argument: { name: 'model', choices: modelChoices },
  offers: (front) => [
    { value: KEEP, label: 'Cancel' },
    ...modelNames(front).flatMap((name) => [name, `${name} ${NOW}`].map((value) => ({ value, label: name }))),
  ],
  who: 'everyone',
  isForAll: true,
  audit(argument) {
    const { name } = splitWord(argument, NOW);
    return name === KEEP ? undefined : noteOf('load', name);
  },
  async run(call) {
    const { name, isThere: isSure } = splitWord(call.argument, NOW);
    if (name === '') return offer(call);
    if (!(await mayChange(call))) return ADMINS_ONLY;
    if (name === KEEP) return { markdown: 'Everything stays as it is.' };
    return useModel(name, modelNames(call.front), (known) => load(call, known, isSure));
  },
};

async function offer(call: Call): Promise<Said> {
  const choices = modelChoices(call.front, isMissing).slice(0, MOST_OFFERED);
  if (choices.length === 0) return { markdown: 'There is no model that could be loaded now.' };
  const markdown = 'Which model shall be loaded? `/load` and its name loads it, whoever waits.';
  return (await mayChange(call)) ? { markdown, offer: { command: 'load', choices } } : { markdown };
}

const isMissing = ({ state }: { readonly state: string }) => state === 'not_loaded' || state === 'failed';

async function load(call: Call, name: string, isSure: boolean): Promise<Said> {
  const { front, address, person } = call;
  const state = findModel(name, front.status().models)?.state;
  const isReady = state === 'ready' || state === 'in_use';
  const foreseen = isReady ? undefined : front.foresee(name);
  if (foreseen?.verdict.kind === 'never') return sayNever(foreseen.model, foreseen.verdict);
  const question = foreseen && !isSure ? ask(call, name, foreseen) : undefined;
  if (question) return question;
  const events = (await front.load(address, name, person))[Symbol.asyncIterator]();
  const warning = foreseen ? describeWarning(foreseen) : '';
  const first = isReady ? await events.next() : undefined;
  if (first && !first.done && first.value.type !== 'progress') return sayOfSwitch(first.value);
  const model = foreseen?.model ?? name;
  const begins = { type: 'progress', progress: { stage: 'checking_memory', model } } as const;
  const said = withWarning(sayOfSwitch(first?.value ?? begins), warning);
  return { ...said, more: follow(events, warning, front) };
}

/** Whoever stops to listen gives up nothing. */
async function* follow(
  events: AsyncIterator<SwitchEvent, void>,
  warning: string,
  front: Front,
): AsyncGenerator<Said> {
  try {
    for (let next = await events.next(); !next.done; next = await events.next()) {
      const said = sayOfSwitch(next.value);
      const { type } = next.value;
      if (type === 'progress') yield withWarning(said, warning);
      else yield type === 'loaded' ? withWarning(said, spillOf(next.value.model, front)) : said;
    }
  } finally {
    await events.return?.();
  }
}

/** The truth about a model that is there: how much of it the GPU does not hold. */
function spillOf(model: string, front: Front): string {
  const { cpuShare } = front.status().models.find(({ tag }) => tag === model) ?? {};
  return cpuShare === undefined ? '' : `⚠️ ${describeShare(cpuShare)} on the CPU, which makes it slow.`;
}

/** What is to be decided first; undefined: nothing. */
function ask(call: Call, name: string, foreseen: Foresight): Said | undefined {
  const { underway, unloads } = concernsOf(call, foreseen);
  if (!underway && unloads.length === 0) return undefined;
  const { model } = foreseen;
  const told = underway && `${codeSpan(underway.model)} is about ${describeShare(underway.share)} loaded.`;
  const unloading =
    unloads.length > 0 ? `${escapeMarkdown(describeUnload(model, { unloads, ...foreseen }))}.` : '';
  const choices: readonly Choice[] = [
    choice(`${name} ${NOW}`, underway ? `Load ${name} instead` : 'Switch'),
    choice(KEEP, underway ? `Keep loading ${underway.model}` : 'Cancel'),
  ];
  const markdown = [told, unloading, describeWarning(foreseen)].filter(Boolean).join('\n\n');
  return { markdown, undone: 'asked', offer: { command: 'load', choices } };
}

function describeWarning({ model, verdict }: Foresight): string {
  if (verdict.kind !== 'spills') return '';
  const { message, hint } = describeSpill(model, verdict);
  return `⚠️ ${escapeMarkdown(`${message} ${hint}`)}`;
}

function withWarning(said: Said, warning: string): Said {
  return warning === '' ? said : { ...said, markdown: `${said.markdown}\n\n${warning}` };
}
