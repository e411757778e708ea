import { badRequest } from './errors.ts';
import type { Button } from './message.ts';
import type { Parameters } from './parameters.ts';
import { isObject } from './wire.ts';

const MOST_DATA_BYTES = 64;
const MOST_BUTTONS = 100;
const KINDS = ['inline_keyboard', 'keyboard', 'remove_keyboard', 'force_reply'];
const NO_BUTTONS = { wire: undefined, buttons: [] };

/** The keyboard below a message; `wire` is what a Message shows of it. */
export type Markup = {
  readonly wire: Readonly<Record<string, unknown>> | undefined;
  readonly buttons: readonly (readonly Button[])[];
};

/** https://core.telegram.org/bots/api#inlinekeyboardmarkup. Throws its 400s. */
export function readMarkup(parameters: Parameters, onlyInline = false): Markup {
  const markup = parameters.object('reply_markup');
  if (!markup) return NO_BUTTONS;
  if (!KINDS.some((kind) => kind in markup)) {
    if (Object.keys(markup).length === 0) return NO_BUTTONS;
    throw badRequest('object expected as reply markup');
  }
  const rows = markup.inline_keyboard;
  if (rows === undefined) {
    if (onlyInline) throw badRequest('inline keyboard expected');
    return NO_BUTTONS;
  }
  if (!Array.isArray(rows) || !rows.every(Array.isArray)) {
    throw badRequest('can\'t parse inline keyboard: Field "inline_keyboard" must be an Array of Arrays');
  }
  const buttons = rows.filter((row) => row.length > 0).map((row: readonly unknown[]) => row.map(readButton));
  if (buttons.flat().length > MOST_BUTTONS) throw badRequest('REPLY_MARKUP_TOO_LONG');
  if (buttons.length === 0) return NO_BUTTONS;
  return { wire: { inline_keyboard: rows.filter((row) => row.length > 0) }, buttons };
}

function readButton(button: unknown): Button {
  if (!isObject(button) || typeof button.text !== 'string') {
    throw badRequest('can\'t parse inline keyboard button: Can\'t find field "text"');
  }
  if (button.text.trim() === '') throw badRequest('inline keyboard button text must be non-empty');
  const { callback_data: data, url } = button;
  if (typeof data === 'string') {
    const bytes = Buffer.byteLength(data);
    if (bytes === 0 || bytes > MOST_DATA_BYTES) throw badRequest('BUTTON_DATA_INVALID');
    return { text: button.text, data, url: undefined };
  }
  if (typeof url === 'string') {
    if (!URL.canParse(url)) throw badRequest(`inline keyboard button URL '${url}' is invalid`);
    return { text: button.text, data: undefined, url };
  }
  if (Object.keys(button).length === 1) throw badRequest('Text buttons are unallowed in the inline keyboard');
  return { text: button.text, data: undefined, url: undefined };
}
