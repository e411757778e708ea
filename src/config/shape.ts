import { z } from 'zod';
import { listOr, type Path } from './mistakes.ts';
import { configSchema } from './schema.ts';

/** The part of JSON Schema that ours uses: plain data, easier to ask than zod's own objects. */
export type Shape = {
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'object' | 'array';
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: boolean | Shape;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
};

export function configShape(): Shape {
  return z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ jsonSchema }) => dropIntegerLimits(jsonSchema),
  }) as Shape;
}

/** zod writes the largest exact integer as a limit; it says nothing to a reader. */
function dropIntegerLimits(schema: { minimum?: number; maximum?: number }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

/** The alternatives of a place, without the unions around them. */
function alternatives(shape: Shape): readonly Shape[] {
  return shape.anyOf ? shape.anyOf.flatMap(alternatives) : [shape];
}

/** What the schema allows at a path; empty where it knows nothing. */
export function shapesAt(root: Shape, path: Path): readonly Shape[] {
  return path.reduce<readonly Shape[]>(
    (shapes, part) => shapes.flatMap((shape) => step(shape, part)),
    alternatives(root),
  );
}

function step(shape: Shape, part: string | number): readonly Shape[] {
  if (typeof part === 'number') return shape.items ? alternatives(shape.items) : [];
  const { properties, additionalProperties: others } = shape;
  const known = properties && Object.hasOwn(properties, part) ? properties[part] : undefined;
  if (known) return alternatives(known);
  return typeof others === 'object' ? alternatives(others) : [];
}

/** The keys that the schema names at a path. */
export function keysAt(root: Shape, path: Path): readonly string[] {
  const keys = shapesAt(root, path).flatMap((shape) => Object.keys(shape.properties ?? {}));
  return [...new Set(keys)].filter((key) => key !== '$schema');
}

/** Where in the schema a key of this name lives: `llm.models.ALIAS.options.num_ctx`. */
export function placesOfKey(shape: Shape, key: string, at = ''): readonly string[] {
  return alternatives(shape).flatMap((one) => {
    const named = Object.entries(one.properties ?? {}).flatMap(([name, inner]) => {
      const place = at === '' ? name : `${at}.${name}`;
      return [...(name === key ? [place] : []), ...placesOfKey(inner, key, place)];
    });
    const others = typeof one.additionalProperties === 'object' ? one.additionalProperties : undefined;
    return [
      ...named,
      ...(others ? placesOfKey(others, key, `${at}.ALIAS`) : []),
      ...(one.items ? placesOfKey(one.items, key, `${at}[]`) : []),
    ];
  });
}

export function accepts(shapes: readonly Shape[], type: NonNullable<Shape['type']>): boolean {
  return shapes.some((shape) => shape.type === type || (shape.type === 'integer' && type === 'number'));
}

/** The fixed values a place allows, as text. */
export function valuesOf(shapes: readonly Shape[]): readonly string[] {
  return shapes.flatMap((shape) => {
    if (shape.enum) return shape.enum.map(String);
    if (shape.const !== undefined) return [String(shape.const)];
    return shape.type === 'boolean' ? ['true', 'false'] : [];
  });
}

/** What is expected at a place, in words: `a whole number of at least 0 or null`. */
export function expectation(shapes: readonly Shape[]): string {
  return listOr(shapes.flatMap(inWords));
}

function inWords(shape: Shape): readonly string[] {
  const values = valuesOf([shape]);
  if (values.length > 0) return values.map((value) => (value === '' ? 'an empty text' : value));
  switch (shape.type) {
    case 'integer':
      return [`a whole number${range(shape)}`];
    case 'number':
      return [`a number${range(shape)}`];
    case 'string':
      return [shape.format === 'uri' ? 'an address' : 'a text'];
    case 'array':
      return ['a list'];
    case 'object':
      return ['keys and values'];
    case 'null':
      return ['null'];
    default:
      return ['a value'];
  }
}

function range({ type, minimum, exclusiveMinimum, maximum }: Shape): string {
  const above = exclusiveMinimum !== undefined && type === 'number';
  const least =
    minimum ?? (type === 'integer' && exclusiveMinimum !== undefined ? exclusiveMinimum + 1 : undefined);
  if (least !== undefined && maximum !== undefined) return ` from ${least} to ${maximum}`;
  if (least !== undefined) return ` of at least ${least}`;
  return above ? ` above ${exclusiveMinimum}` : '';
}
