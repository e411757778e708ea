import { badRequest } from './errors.ts';

/** Go's name of the type that a field wants; `any` takes everything. */
type GoType = 'string' | 'bool' | 'int' | 'any' | 'map[string]interface {}' | `[]${string}`;
type Fields = Readonly<Record<string, GoType>>;

const SHARED: Fields = {
  model: 'string',
  stream: 'bool',
  truncate: 'bool',
  shift: 'bool',
  options: 'map[string]interface {}',
  format: 'any',
  keep_alive: 'any',
  think: 'any',
};

const STRUCTS = {
  ChatRequest: { ...SHARED, messages: '[]api.Message', tools: '[]api.Tool' },
  GenerateRequest: {
    ...SHARED,
    prompt: 'string',
    suffix: 'string',
    system: 'string',
    template: 'string',
    raw: 'bool',
    context: '[]int',
    images: '[]api.ImageData',
  },
  EmbedRequest: { ...SHARED, input: 'any' },
  ShowRequest: { model: 'string', name: 'string', system: 'string', verbose: 'bool' },
  DeleteRequest: { model: 'string', name: 'string' },
  PullRequest: { model: 'string', name: 'string', insecure: 'bool', stream: 'bool' },
  ChatCompletionRequest: { model: 'string', stream: 'bool', messages: '[]openai.Message', max_tokens: 'int' },
} as const satisfies Record<string, Fields>;

const MESSAGE: Fields = { role: 'string', content: 'string', thinking: 'string', images: '[]api.ImageData' };

/** Checked against one of the structs: a field that it names is absent or of its type. */
export type Body = Readonly<Record<string, unknown>>;

/** Throws a 400 with the text of Go's decoder. null counts as left out. */
export function checkBody(value: unknown, struct: keyof typeof STRUCTS): Body {
  if (value === null) return {};
  if (!isObject(value)) {
    throw badRequest(`json: cannot unmarshal ${jsonKind(value)} into Go value of type api.${struct}`);
  }
  checkFields(value, STRUCTS[struct], struct);
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

/** The messages of a chat; anything but an object is refused. */
export function checkMessages(value: unknown): readonly Body[] {
  if (!Array.isArray(value)) return [];
  return value.map((message: unknown) => {
    if (!isObject(message)) {
      throw badRequest(`json: cannot unmarshal ${jsonKind(message)} into Go value of type api.Message`);
    }
    checkFields(message, MESSAGE, 'Message');
    return message;
  });
}

/** Images are base64; anything else is refused as Go's decoder does. */
export function countImages(value: unknown): number {
  if (!Array.isArray(value)) return 0;
  for (const image of value) {
    if (typeof image !== 'string') {
      throw badRequest(`json: cannot unmarshal ${jsonKind(image)} into Go value of type []uint8`);
    }
    const valid = /^[A-Za-z0-9+/]*={0,2}/.exec(image)?.[0].length ?? 0;
    if (valid < image.length || image.length % 4 !== 0) {
      throw badRequest(
        `illegal base64 data at input byte ${Math.min(valid, image.length - (image.length % 4))}`,
      );
    }
  }
  return value.length;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkFields(value: Record<string, unknown>, fields: Fields, struct: string): void {
  for (const [name, field] of Object.entries(value)) {
    const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (type === undefined || field === null || accepts(type, field)) continue;
    throw badRequest(
      `json: cannot unmarshal ${jsonKind(field)} into Go struct field ${struct}.${name} of type ${type}`,
    );
  }
}

function accepts(type: GoType, value: unknown): boolean {
  if (type === 'any') return true;
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'string') return typeof value === 'string';
  if (type === 'int') return Number.isInteger(value);
  return type.startsWith('[]') ? Array.isArray(value) : isObject(value);
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
