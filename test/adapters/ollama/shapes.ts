import type { Endpoint } from './endpoints.ts';

/** What may be wrong with each answer, field by field. */
export const SHAPES: Readonly<Record<Endpoint, Readonly<Record<string, (value: never) => unknown>>>> = {
  chat: {
    'content is a number': (line: Chunk) => set(line, 'message', { role: 'assistant', content: 5 }),
    'thinking is a list': (line: Chunk) => set(line, 'message', { content: '', thinking: [] }),
    'done is a text': (line: Chunk) => set(line, 'done', 'yes'),
    'done is missing': (line: Chunk) => set(line, 'done', undefined),
    'message is null': (line: Chunk) => set(line, 'message', null),
    'message is a list': (line: Chunk) => set(line, 'message', []),
    'message is a text': (line: Chunk) => set(line, 'message', 'hello'),
    'message is missing': (line: Chunk) => set(line, 'message', undefined),
    'a duration is negative': (line: Chunk) => set(line, 'eval_duration', -1),
    'a duration is a text': (line: Chunk) => set(line, 'load_duration', 'NaN'),
    'a count is a list': (line: Chunk) => set(line, 'eval_count', [1]),
    'the reason is a number': (line: Chunk) => set(line, 'done_reason', 1),
    'an error beside a message': (line: Chunk) => set(line, 'error', null),
  },
  load: doneShapes(),
  unload: doneShapes(),
  show: {
    'details are missing': (answer: Chunk) => set(answer, 'details', undefined),
    'capabilities are a text': (answer: Chunk) => set(answer, 'capabilities', 'vision'),
    'capabilities are numbers': (answer: Chunk) => set(answer, 'capabilities', [1, 2]),
    'parameters are an object': (answer: Chunk) => set(answer, 'parameters', {}),
    'model_info is a list': (answer: Chunk) => set(answer, 'model_info', []),
    'an error with status 200': () => ({ error: 'something' }),
  },
  version: {
    'version is a number': (answer: Chunk) => set(answer, 'version', 5),
    'version is null': (answer: Chunk) => set(answer, 'version', null),
    'version is missing': () => ({}),
    'an error with status 200': () => ({ error: 'something' }),
  },
  tags: {
    ...listShapes(),
    'modified_at is missing': (answer: List) => setFirst(answer, 'modified_at', undefined),
    'capabilities are a text': (answer: List) => setFirst(answer, 'capabilities', 'vision'),
  },
  ps: {
    ...listShapes(),
    'size_vram is negative': (answer: List) => setFirst(answer, 'size_vram', -1),
    'size_vram is missing': (answer: List) => setFirst(answer, 'size_vram', undefined),
    'expires_at is no date': (answer: List) => setFirst(answer, 'expires_at', 'soon'),
    'expires_at is a number': (answer: List) => setFirst(answer, 'expires_at', 0),
    'context_length is a text': (answer: List) => setFirst(answer, 'context_length', 'long'),
  },
};

type Chunk = Readonly<Record<string, unknown>>;
type List = { readonly models: readonly Chunk[] };

function doneShapes() {
  return {
    'done is missing': (answer: Chunk) => set(answer, 'done', undefined),
    'done is false': (answer: Chunk) => set(answer, 'done', false),
    'done is a text': (answer: Chunk) => set(answer, 'done', 'yes'),
    'an error with status 200': () => ({ error: 'something' }),
  };
}

function listShapes() {
  return {
    'models is an object': () => ({ models: {} }),
    'models is null': () => ({ models: null }),
    'models is missing': () => ({}),
    'a model is null': () => ({ models: [null] }),
    'a name is a number': (answer: List) => setFirst(answer, 'name', 5),
    'a name is empty': (answer: List) => setFirst(answer, 'name', ''),
    'a digest is missing': (answer: List) => setFirst(answer, 'digest', undefined),
    'a size is a text': (answer: List) => setFirst(answer, 'size', 'big'),
    'a size is negative': (answer: List) => setFirst(answer, 'size', -1),
    'an error with status 200': () => ({ error: 'something' }),
  };
}

const set = (value: Chunk, key: string, to: unknown) => ({ ...value, [key]: to });
const setFirst = ({ models }: List, key: string, to: unknown) => ({
  models: models.map((model, index) => (index === 0 ? set(model, key, to) : model)),
});
