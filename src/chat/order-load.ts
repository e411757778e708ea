import { describeLoadedSpill, describeSpill } from '../models/cpu-share.ts';
import type { SwitchEvent } from '../models/switching.ts';
import { codeSpan } from './code-span.ts';
import type { Call, Choice, Said } from './command.ts';
import { describeShare } from './describe-amount.ts';
import { sayNever, sayOfSwitch } from './describe-switch.ts';
import { describeUnload } from './describe-unload.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import type { Front } from './front.ts';
import { concernsOf } from './load-concerns.ts';
import { choice, findModel } from './model-name.ts';
import type { Foresight } from './status-view.ts';

/** After a name: whoever orders it was asked, and is sure. */
export const NOW = 'now';
/** In the place of a name: everything stays as it is. */
export const KEEP = 'keep';

/** Whether a model (alias or tag) answers at once. */
export function isReady(name: string, front: Front): boolean {
  const state = findModel(name, front.status().models)?.state;
  return state === 'ready' || state === 'in_use';
}

/**
 * Orders the load of a model (alias or tag) and says what becomes of it; whoever is not sure is asked first where
 * something is to be decided. Throws what `Front.load` throws.
 */
export async function orderLoad(call: Call, name: string, isSure: boolean): Promise<Said> {
  const { front, address, person } = call;
  const isThere = isReady(name, front);
  const foreseen = isThere ? undefined : await front.foresee(name);
  if (foreseen?.verdict.kind === 'never') return sayNever(foreseen.model, foreseen.verdict);
  const question = foreseen && !isSure ? ask(call, name, foreseen) : undefined;
  if (question) return question;
  const events = (await front.load(address, name, person))[Symbol.asyncIterator]();
  const warning = foreseen ? describeWarning(foreseen) : '';
  const first = isThere ? await events.next() : undefined;
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
      else yield type === 'loaded' ? withWarning(said, describeEnd(next.value.model, front)) : said;
    }
  } finally {
    await events.return?.();
  }
}

/** The truth about a model that is there: how much of it the GPU does not hold. */
function describeEnd(model: string, front: Front): string {
  const { spill } = front.status().models.find(({ tag }) => tag === model) ?? {};
  return spill ? warningOf(describeLoadedSpill(model, spill)) : '';
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
  return verdict.kind === 'spills' ? warningOf(describeSpill(model, verdict)) : '';
}

function warningOf({ message, hint }: ReturnType<typeof describeSpill>): string {
  return `⚠️ ${escapeMarkdown(`${message} ${hint}`)}`;
}

function withWarning(said: Said, warning: string): Said {
  return warning === '' ? said : { ...said, markdown: `${said.markdown}\n\n${warning}` };
}
