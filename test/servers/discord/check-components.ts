import { BUTTON } from './components.ts';
import type { Form } from './form.ts';
import { isObject, type Json, objectsIn } from './wire.ts';

const ROW = 1;
const STRING_SELECT = 3;
/** User, role, mentionable and channel selects. */
const SELECTS = [5, 6, 7, 8];
const MOST_ROWS = 5;
const MOST_BUTTONS = 5;
const MOST_OPTIONS = 25;
const LINK = 5;

/** Action rows with buttons and menus: https://docs.discord.com/developers/components/reference */
export function checkComponents(form: Form, path: string, components: unknown): void {
  if (!form.list(path, components, MOST_ROWS)) return;
  const customIds = new Set<unknown>();
  for (const [place, row] of components.entries()) checkRow(form, `${path}.${place}`, { row, customIds });
}

function checkRow(
  form: Form,
  path: string,
  { row, customIds }: { readonly row: unknown; readonly customIds: Set<unknown> },
): void {
  if (!isObject(row) || row.type !== ROW) {
    return void form.choice(`${path}.type`, isObject(row) ? row.type : row, [ROW]);
  }
  const inside = row.components;
  if (!Array.isArray(inside) || inside.length === 0) return void form.required(`${path}.components`);
  const isMenu = inside.some((one) => isObject(one) && one.type !== BUTTON);
  if (!form.list(`${path}.components`, inside, isMenu ? 1 : MOST_BUTTONS)) return;
  for (const [column, component] of objectsIn(inside).entries()) {
    const inner = `${path}.components.${column}`;
    checkOne(form, inner, component);
    const { custom_id: id } = component;
    if (id !== undefined && customIds.has(id)) {
      form.wrong(
        `${inner}.custom_id`,
        'COMPONENT_CUSTOM_ID_DUPLICATED',
        'Component custom id cannot be duplicated',
      );
    }
    customIds.add(id);
  }
}

function checkOne(form: Form, path: string, component: Json): void {
  form.choice(`${path}.type`, component.type, [BUTTON, STRING_SELECT, ...SELECTS]);
  if (component.type === BUTTON) return void checkButton(form, path, component);
  form.text(`${path}.custom_id`, component.custom_id, { min: 1, max: 100 });
  form.text(`${path}.placeholder`, component.placeholder, { max: 150 });
  if (component.type === STRING_SELECT) checkOptions(form, `${path}.options`, component.options);
}

function checkButton(form: Form, path: string, button: Json): void {
  form.choice(`${path}.style`, button.style, [1, 2, 3, 4, LINK]);
  form.text(`${path}.label`, button.label, { max: 80 });
  if (button.style === LINK) {
    form.text(`${path}.url`, button.url, { min: 1, max: 512 });
    if (button.custom_id !== undefined) {
      form.wrong(
        path,
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
    }
  } else {
    form.text(`${path}.custom_id`, button.custom_id, { min: 1, max: 100 });
  }
  if (!button.label && !button.emoji) {
    form.wrong(path, 'BUTTON_COMPONENT_INVALID_LABEL', 'A button must have a label or an emoji');
  }
}

function checkOptions(form: Form, path: string, options: unknown): void {
  if (!Array.isArray(options) || options.length === 0) return void form.required(path);
  if (!form.list(path, options, MOST_OPTIONS)) return;
  const values = new Set<unknown>();
  for (const [place, option] of objectsIn(options).entries()) {
    form.text(`${path}.${place}.label`, option.label, { min: 1, max: 100 });
    form.text(`${path}.${place}.value`, option.value, { min: 1, max: 100 });
    form.text(`${path}.${place}.description`, option.description, { max: 100 });
    if (values.has(option.value)) {
      form.wrong(
        `${path}.${place}.value`,
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      );
    }
    values.add(option.value);
  }
}
