import { sameTag } from '../models/tag.ts';
import { codeSpan } from './code-span.ts';
import type { Choice, Command, Said } from './command.ts';
import { listed } from './describe-unload.ts';
import type { Front } from './front.ts';
import { choice, findModel, MOST_OFFERED, modelChoices, modelNames, noteOf, useModel } from './model-name.ts';
import { splitWord } from './split-word.ts';

/** After a name: it is pinned no more. */
const OFF = 'off';

export const pinCommand: Command = {
  name: 'pin',
  description: 'Keep a model in memory, or show which are kept',
  argument: { name: 'model', choices: modelChoices },
  offers: (front) => modelNames(front).map(unpinChoice),
  who: 'bot-admins',
  audit(argument) {
    const { name, isThere: isOff } = splitWord(argument, OFF);
    return noteOf(isOff ? 'unpin' : 'pin', name);
  },
  async run({ front, argument }) {
    const { name, isThere: isOff } = splitWord(argument, OFF);
    if (name === '') return show(front);
    return useModel(name, modelNames(front), (known) => (isOff ? unpin(front, known) : pin(front, known)));
  },
};

function unpinChoice(name: string): Choice {
  return choice(`${name} ${OFF}`, `Unpin ${name}`);
}

function show(front: Front): Said {
  const pinned = front.pinned();
  if (pinned.length === 0)
    return { markdown: 'No model is pinned. `/pin` and its name keeps one in memory.' };
  const choices = pinned.slice(0, MOST_OFFERED).map(unpinChoice);
  const stay = pinned.length === 1 ? 'stays' : 'stay';
  return {
    markdown: `${listed(pinned.map(codeSpan))} ${stay} in memory.`,
    offer: { command: 'pin', choices },
  };
}

async function pin(front: Front, name: string): Promise<Said> {
  const tag = tagOf(front, name);
  const offer = { command: 'pin', choices: [unpinChoice(tag)] };
  if (isPinned(front, tag)) return { markdown: `${codeSpan(tag)} is pinned already.`, offer };
  await front.pin(name, true);
  return { markdown: `${codeSpan(tag)} is pinned: it stays in memory until it is unpinned.`, offer };
}

async function unpin(front: Front, name: string): Promise<Said> {
  const tag = tagOf(front, name);
  if (!isPinned(front, tag)) return { markdown: `${codeSpan(tag)} is not pinned.` };
  await front.pin(name, false);
  return { markdown: `${codeSpan(tag)} is pinned no more.` };
}

function tagOf(front: Front, name: string): string {
  return findModel(name, front.status().models)?.tag ?? name;
}

function isPinned(front: Front, tag: string): boolean {
  return front.pinned().some((pinned) => sameTag(pinned, tag));
}
