import { codeSpan } from './code-span.ts';
import { ADMINS_ONLY, type Call, type Command, mayChange, type Said } from './command.ts';
import { MOST_OFFERED, modelChoices, modelNames, noteOf, useModel } from './model-name.ts';
import { KEEP, NOW, orderLoad } from './order-load.ts';
import { splitWord } from './split-word.ts';

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
    if (name === KEEP) return keep(call);
    return useModel(name, modelNames(call.front), (known) => orderLoad(call, known, isSure));
  },
};

/** What was chosen before the question holds. */
async function keep({ front, address }: Call): Promise<Said> {
  const chosen = await front.chosen(address);
  if (chosen === null) return { markdown: 'Everything stays as it is.' };
  return { markdown: `Nothing else is loaded. This chat uses ${codeSpan(chosen)}.` };
}

async function offer(call: Call): Promise<Said> {
  const choices = modelChoices(call.front, isMissing).slice(0, MOST_OFFERED);
  if (choices.length === 0) return { markdown: 'There is no model that could be loaded now.' };
  const markdown = 'Which model shall be loaded? `/load` and its name loads it, whoever waits.';
  return (await mayChange(call)) ? { markdown, offer: { command: 'load', choices } } : { markdown };
}

const isMissing = ({ state }: { readonly state: string }) => state === 'not_loaded' || state === 'failed';
