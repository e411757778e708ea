import { createForm } from './form.ts';
import { type Json, objectsIn } from './wire.ts';

const MOST_ROWS = 5;
const TEXT_INPUT = 4;

/** What asks a person to write something. */
export type Window = {
  readonly customId: string;
  readonly title: string;
  /** The custom_ids of its inputs. */
  readonly inputs: readonly string[];
};

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal */
export function readWindow(data: Json): Window {
  const form = createForm();
  form.text('data.custom_id', data.custom_id, { min: 1, max: 100 });
  form.text('data.title', data.title, { min: 1, max: 45 });
  if (!form.list('data.components', data.components, MOST_ROWS)) form.required('data.components');
  const inputs = objectsIn(data.components).flatMap((row) => objectsIn(row.components));
  inputs.forEach((input, place) => {
    const at = `data.components.${place}.components.0`;
    form.choice(`${at}.type`, input.type, [TEXT_INPUT]);
    form.text(`${at}.custom_id`, input.custom_id, { min: 1, max: 100 });
    form.text(`${at}.label`, input.label, { min: 1, max: 45 });
    form.text(`${at}.placeholder`, input.placeholder, { max: 100 });
  });
  form.end();
  return {
    customId: String(data.custom_id),
    title: String(data.title),
    inputs: inputs.map(({ custom_id }) => String(custom_id)),
  };
}
