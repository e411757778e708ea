import type { Choice } from '../../src/chat/command.ts';
import { retryCommand } from '../../src/chat/command-retry.ts';
import { findCommand } from '../../src/chat/commands.ts';
import type { Front } from '../../src/chat/front.ts';
import { oneLine } from '../../src/chat/one-line.ts';
import { ASK } from './command-table.ts';
import type { Interaction } from './read-interaction.ts';

/** https://docs.discord.com/developers/interactions/application-commands#autocomplete */
const MOST_CHOICES = 25;
const LONGEST = 100;

type Offered = { readonly name: string; readonly value: string };

/** What fits to what somebody writes as a command's argument. */
export function choicesFor(
  { name = '', options = [] }: Interaction['data'],
  front: Front,
): readonly Offered[] {
  const typed = String(options.find(({ focused }) => focused)?.value ?? '').toLowerCase();
  // A question is asked of any model that one may be asked again of.
  const command = name === ASK ? retryCommand : findCommand(name);
  const choices: readonly Choice[] = command?.argument?.choices?.(front) ?? [];
  return choices
    .filter(({ value, label }) => `${value}\n${label}`.toLowerCase().includes(typed))
    .filter(({ value }) => value !== '' && value.length <= LONGEST)
    .slice(0, MOST_CHOICES)
    .map(({ value, label }) => ({ value, name: oneLine(label, LONGEST) || value }));
}
