import { configShape, type Shape } from './shape.ts';

/** Anything but free text may also be a variable, which the editor sees as text. */
const VARIABLE: Shape = { type: 'string', pattern: '\\$\\{' };

/** The JSON Schema for editors: what the file may hold before variables are put in. */
export function editorSchema(): string {
  return `${JSON.stringify(allowVariables(configShape()), null, 2)}\n`;
}

function allowVariables(shape: Shape): Shape {
  const { properties, additionalProperties, items, anyOf } = shape;
  if (anyOf) return { ...shape, anyOf: [...anyOf.map(inside), VARIABLE] };
  if (properties || items || typeof additionalProperties === 'object') return inside(shape);
  if (isFreeText(shape)) return shape;
  const { description, default: preset, ...rest } = shape;
  return {
    ...(description !== undefined && { description }),
    ...(preset !== undefined && { default: preset }),
    anyOf: [rest, VARIABLE],
  };
}

function inside(shape: Shape): Shape {
  const { properties, additionalProperties, items } = shape;
  return {
    ...shape,
    ...(properties && { properties: mapValues(properties, allowVariables) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: allowVariables(additionalProperties),
    }),
    ...(items && { items: allowVariables(items) }),
  };
}

function isFreeText({ type, pattern, format, enum: values, const: value }: Shape): boolean {
  return type === 'string' && !pattern && !format && !values && value === undefined;
}

function mapValues<T>(all: Readonly<Record<string, T>>, change: (one: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, change(one)]));
}
