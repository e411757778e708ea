import { isObject } from './body-types.ts';
import { OllamaError } from './errors.ts';

const DEEPEST = 12;

/** Text for `format`: undefined where nothing was asked for. Throws where Ollama does not know the format. */
export function jsonAnswer(format: unknown, answer: string): string | undefined {
  if (format === undefined || format === '') return undefined;
  if (format === 'json') return JSON.stringify({ simulated: true, answer });
  if (isObject(format)) return JSON.stringify(fill(format, answer, 0));
  const shown = JSON.stringify(JSON.stringify(format));
  throw new OllamaError(500, `invalid format: ${shown}; expected "json" or a valid JSON Schema object`);
}

function fill(schema: unknown, text: string, depth: number): unknown {
  if (!isObject(schema) || depth > DEEPEST) return text;
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object': {
      const properties = isObject(schema.properties) ? schema.properties : {};
      return Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, fill(property, text, depth + 1)]),
      );
    }
    case 'array':
      return [fill(schema.items ?? { type: 'string' }, text, depth + 1)];
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return text;
  }
}
