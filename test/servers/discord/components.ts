import type { Button, Menu } from './message.ts';
import { isObject, type Json, objectsIn } from './wire.ts';

export const BUTTON = 2;
const STRING_SELECT = 3;

/** The buttons that people see, by rows. */
export function buttonsIn(components: readonly Json[]): readonly (readonly Button[])[] {
  return components
    .map((row) =>
      objectsIn(row.components)
        .filter(({ type }) => type === BUTTON)
        .map(toButton),
    )
    .filter((row) => row.length > 0);
}

/** The menus that people see. */
export function menusIn(components: readonly Json[]): readonly Menu[] {
  return components.flatMap((row) =>
    objectsIn(row.components)
      .filter(({ type }) => type === STRING_SELECT)
      .map((menu) => ({
        customId: String(menu.custom_id),
        placeholder: textOf(menu.placeholder),
        options: objectsIn(menu.options).map(({ label, value }) => ({
          label: String(label),
          value: String(value),
        })),
        min: Number(menu.min_values ?? 1),
        max: Number(menu.max_values ?? 1),
        disabled: menu.disabled === true,
      })),
  );
}

/** Gives every component the number that the real one gives it. */
export function withIds(components: readonly Json[]): readonly Json[] {
  let last = 0;
  const number = (component: Json): Json => {
    last += 1;
    const id = component.id ?? last;
    if (!Array.isArray(component.components)) return { ...component, id };
    return { ...component, id, components: objectsIn(component.components).map(number) };
  };
  return components.map(number);
}

function toButton(button: Json): Button {
  const emoji = isObject(button.emoji) ? textOf(button.emoji.name) : undefined;
  return {
    label: textOf(button.label) ?? emoji ?? '',
    customId: textOf(button.custom_id),
    url: textOf(button.url),
    style: Number(button.style),
    disabled: button.disabled === true,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
