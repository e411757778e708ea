import { ButtonStyle, ComponentType } from 'discord.js';

export const button = (custom_id: string, label = 'Stop') => ({
  type: ComponentType.Button,
  style: ButtonStyle.Secondary,
  label,
  custom_id,
});
export const row = (...components: readonly object[]) => ({ type: ComponentType.ActionRow, components });
export const times = <T>(count: number, make: (place: number) => T) =>
  Array.from({ length: count }, (_, place) => make(place));
