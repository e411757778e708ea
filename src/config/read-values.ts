import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { type Env, interpolate, isOneVariable, resolvePlain } from './interpolate.ts';
import type { Finding, Path } from './mistakes.ts';
import { accepts, type Shape, shapesAt } from './shape.ts';

/** What is known of a place in the file besides its value. */
type Place = {
  readonly line: number;
  readonly column: number;
  /** The variables that its value came from. */
  readonly variables: readonly string[];
  /** It could not be read: that is reported already. */
  readonly spoiled: boolean;
};

export type Reading = {
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** The place itself, else the nearest one around it. */
  placeOf(path: Path): Place;
  isSpoiled(path: Path): boolean;
};

const MAX_ALIASES = 100;
const START: Place = { line: 1, column: 1, variables: [], spoiled: false };
const NOTHING = Symbol('nothing');

type Input = {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly shape: Shape;
  readonly env: Env;
};

/** Turns a YAML document into plain values with variables put in, and remembers where each came from. */
export function readValues({ document, lines, shape, env }: Input): Reading {
  const places = new Map<string, Place>();
  const findings: Finding[] = [];
  let aliases = 0;

  function mark(path: Path, more: Partial<Place>): void {
    places.set(keyOf(path), { ...(places.get(keyOf(path)) ?? START), ...more });
  }

  function markStart(path: Path, node: unknown): void {
    const offset = (node as { range?: readonly number[] | null } | null)?.range?.[0];
    if (offset === undefined) return;
    const { line, col } = lines.linePos(offset);
    mark(path, { line, column: col });
  }

  function spoil(path: Path, message: string, fix: string): undefined {
    findings.push({ path, message, fix });
    mark(path, { spoiled: true });
  }

  function read(node: unknown, path: Path, around: readonly unknown[]): unknown {
    if (isAlias(node)) {
      const target = node.resolve(document);
      aliases += 1;
      if (!target) return spoil(path, `nothing is called &${node.source}`, 'Write the value itself.');
      if (aliases > MAX_ALIASES || around.includes(target)) {
        return spoil(path, `*${node.source} has no end`, 'Write the value itself.');
      }
      return read(target, path, around);
    }
    if (isMap(node)) return readMap(node, path, [...around, node]);
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        markStart([...path, index], item);
        const value = read(item, [...path, index], [...around, node]);
        return value === NOTHING ? null : value;
      });
    }
    const value = isScalar(node) ? readScalar(node, path) : null;
    return value === null && isSection(shapesAt(shape, path)) ? NOTHING : value;
  }

  function readMap(map: YAMLMap, path: Path, around: readonly unknown[]): unknown {
    const entries = map.items.flatMap((pair): [string, unknown][] => {
      const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
      if (key === undefined || key === '__proto__') {
        findings.push({ path, message: 'a key must be a plain word', fix: 'Write it as name: value.' });
        return [];
      }
      markStart([...path, key], pair.key);
      const value = read(pair.value, [...path, key], around);
      return value === NOTHING ? [] : [[key, value]];
    });
    return Object.fromEntries(entries);
  }

  function readScalar(node: Scalar, path: Path): unknown {
    if (typeof node.value !== 'string' || !node.value.includes('${')) return node.value;
    const { text, names, problems } = interpolate(node.value, env);
    mark(path, { variables: names });
    for (const { message, fix } of problems) spoil(path, message, fix);
    if (problems.length > 0) return undefined;
    const mayBeTyped = node.type === 'PLAIN' && isOneVariable(node.value);
    return mayBeTyped ? typed(text, shapesAt(shape, path)) : text;
  }

  const value = document.contents === null ? {} : read(document.contents, [], []);

  return {
    value: value === NOTHING ? {} : value,
    findings,
    placeOf(path) {
      for (let end = path.length; end >= 0; end--) {
        const place = places.get(keyOf(path.slice(0, end)));
        if (place) return place;
      }
      return START;
    },
    isSpoiled: (path) => places.get(keyOf(path))?.spoiled ?? false,
  };
}

/** A section whose options are all commented out is left out, not wrong. */
function isSection(shapes: readonly Shape[]): boolean {
  return shapes.length > 0 && shapes.every((one) => one.type === 'object' || one.type === 'array');
}

/** The value of a variable, as a number, boolean or null where the schema wants one there. */
function typed(text: string, wanted: readonly Shape[]): unknown {
  const plain = resolvePlain(text);
  if (plain === null) return accepts(wanted, 'null') ? null : text;
  if (typeof plain === 'number') return accepts(wanted, 'number') ? plain : text;
  if (typeof plain === 'boolean') return accepts(wanted, 'boolean') ? plain : text;
  return text;
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}
