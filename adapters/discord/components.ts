import {
  type APIActionRowComponent,
  type APIComponentInMessageActionRow,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import { oneLine } from '../../src/chat/one-line.ts';
import type { Buttons } from '../../src/reply/messages.ts';

type Button = Buttons[number][number];
type Row = APIActionRowComponent<APIComponentInMessageActionRow>;

/** https://docs.discord.com/developers/components/reference */
const MOST_BUTTONS = 5;
const MOST_ROWS = 5;
const MOST_OPTIONS = 25;
const LONGEST_LABEL = 80;
const LONGEST_OPTION = 100;

/** Few buttons as they are; more as menus, in which each choice carries what its button would. */
export function rowsOf(buttons: Buttons | undefined): Row[] {
  const all = buttons?.flat() ?? [];
  if (all.length > MOST_BUTTONS) return menusOf(all);
  return (buttons ?? []).filter((row) => row.length > 0).map(buttonRow);
}

function buttonRow(row: readonly Button[]): Row {
  return {
    type: ComponentType.ActionRow,
    components: row.map(({ text, data }) => ({
      type: ComponentType.Button,
      style: ButtonStyle.Secondary,
      label: oneLine(text, LONGEST_LABEL),
      custom_id: data,
    })),
  };
}

function menusOf(all: readonly Button[]): Row[] {
  const pages = Array.from({ length: Math.ceil(all.length / MOST_OPTIONS) }, (_, page) =>
    all.slice(page * MOST_OPTIONS, (page + 1) * MOST_OPTIONS),
  );
  return pages.slice(0, MOST_ROWS).map((page, index) => ({
    type: ComponentType.ActionRow,
    components: [
      {
        type: ComponentType.StringSelect,
        custom_id: `menu:${index}`,
        placeholder: pages.length > 1 ? `Choose one (${index + 1} of ${pages.length})` : 'Choose one',
        options: page.map(({ text, data }) => ({ label: oneLine(text, LONGEST_OPTION), value: data })),
      },
    ],
  }));
}
