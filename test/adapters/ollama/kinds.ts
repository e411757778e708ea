import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Random } from '../../../demo/ollama/seeded.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import type { Mangling } from '../../servers/mangler.ts';
import { ENDPOINTS, type Endpoint, type Family } from './endpoints.ts';
import { begun, edited, halfway, instead, misdescribed, passedOn, pick, reshaped } from './manglings.ts';
import { SHAPES } from './shapes.ts';

export type Kind = {
  readonly name: string;
  readonly on: readonly Endpoint[];
  readonly mangle: (random: Random) => Mangling;
  /** The codes that are right for it. */
  readonly expects: Readonly<Record<Family, ErrorCode>>;
  /** Ends only because a watchdog loses its patience. */
  readonly silent?: true;
  /** The same request would fail again. */
  readonly final?: true;
};

const BROKEN = { stream: 'mid_stream', model: 'server_error', server: 'unreachable' } as const;
/** Not even HTTP: nothing of the answer has begun. */
const UNHEARD = { ...BROKEN, stream: 'server_error' } as const;
const SILENT = { stream: 'stalled', model: 'unreachable', server: 'unreachable' } as const;
const always = (code: ErrorCode) => ({ stream: code, model: code, server: code });
/** A model is to blame, or the server where it was not asked about one. */
const refusing = (code: ErrorCode) => ({ stream: code, model: code, server: 'unreachable' }) as const;

type Row = readonly [name: string, mangle: Kind['mangle']];
const kinds = (
  rows: readonly Row[],
  more: Pick<Kind, 'expects' | 'silent' | 'final'>,
  on = ENDPOINTS,
): Kind[] => rows.map(([name, mangle]) => ({ name, on, mangle, ...more }));

const HTML = '<!doctype html>\n<html><head><title>Sign in</title></head><body>Welcome</body></html>\n';
const MEGABYTE = 1024 * 1024;

const closedEarly: readonly Row[] = [
  ['the connection ends before the headers', () => begun((client) => client.cut())],
  ['the connection is reset before the headers', () => begun((client) => client.reset())],
  [
    'the connection ends in the headers',
    () => begun((client) => client.raw('HTTP/1.1 200 OK\r\ncontent-ty')),
  ],
];

const noHttp: readonly Row[] = [
  ['another protocol answers', () => begun((client) => client.raw('SSH-2.0-OpenSSH_9.6\r\n\r\n'))],
  [
    'the headers have no end',
    () => begun((client) => client.raw(`HTTP/1.1 200 OK\r\na: ${'x'.repeat(1e5)}`)),
  ],
  ['the length is no number', () => misdescribed(() => ({ 'content-length': 'many' }))],
];

const unlike: readonly Row[] = [
  ['the connection ends after the headers', () => endsAfterHead],
  ['the connection ends in the middle', halfway((client) => client.cut())],
  ['the answer ends in the middle, as if it were whole', halfway((client) => client.end())],
  ['a chunk has no length', halfway((client) => client.raw('ZZ\r\n?\r\n'))],
  ['a page comes with status 200', () => instead(200, HTML, { 'content-type': 'text/html' })],
  ['the body is empty', () => instead(200, '')],
  ['there is no content', () => instead(204, '', { 'content-length': '0' })],
  [
    'the length is too small',
    (random) => {
      const share = 0.1 + random() * 0.8;
      return misdescribed(({ length }) => ({ 'content-length': `${Math.floor(length * share)}` }));
    },
  ],
  ['it claims to be compressed', () => misdescribed(() => ({ 'content-encoding': 'gzip', ...CHUNKLESS }))],
  ['bytes are no UTF-8', edited((unit) => replaceBytes(unit))],
  [
    'a character is no JSON',
    edited((unit, random) => unit.replace('"', pick(random, ["'", '\0', '{', ']']))),
  ],
  [
    'the number is NaN',
    edited((unit) => unit.replace(/\}\s*$/, ',"total_duration":NaN}\n').replace('{,', '{')),
  ],
  ['two values stand side by side', edited((unit) => `${unit.trim()} ${unit}`)],
  ['nothing but brackets', edited(() => `${'['.repeat(MEGABYTE / 2)}\n`)],
  ['a number', edited((_, random) => `${pick(random, ['5', '0', '-1', '1e999'])}\n`)],
  ['a text', edited(() => '"done"\n')],
  ['null', edited(() => 'null\n')],
  ['true', edited(() => 'true\n')],
  ['a list', edited((_, random) => `${pick(random, ['[]', '[{"done":true}]'])}\n`)],
  [
    'an error without a text',
    edited((_, random) => `{"error":${pick(random, ['null', '{}', '[]', '5'])}}\n`),
  ],
];

/** A stream has said its last line by then, and that is its end. */
const wholeOnly: readonly Row[] = [
  ['the length is too large', () => misdescribed((body) => ({ 'content-length': `${body.length + 10}` }))],
];

const CHUNKLESS = { 'content-length': '100000' };

const huge: readonly Row[] = [
  ['an endless line', edited((unit) => unit.trim() + ' '.repeat(17 * MEGABYTE))],
  [
    'a word of many megabytes',
    edited((unit) => unit.replace('{', `{"word":"${'x'.repeat(17 * MEGABYTE)}",`)),
  ],
];

const CRASHES = [500, 501, 502, 503, 504];
const REFUSALS = [300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 413, 418, 429];
const refused = (statuses: readonly number[]): readonly Row[] => {
  const what = statuses === CRASHES ? 'a crash' : 'a refusal';
  const row = (how: string, body: string | Buffer, headers = {}): Row => [
    `${what} ${how}`,
    (random) => instead(pick(random, statuses), body, headers),
  ];
  return [
    row('without a word', ''),
    row('with a page', HTML, { 'content-type': 'text/html' }),
    row('with broken JSON', '{"error":"model', { 'content-type': 'application/json' }),
    row('with JSON of another shape', '{"error":{"code":[5]}}'),
    row('with null', 'null'),
    row('of many megabytes', 'no '.repeat(MEGABYTE)),
    row('of bytes', Buffer.from([0xff, 0xfe, 0, 27])),
    row('without a text', '{"error":""}'),
  ];
};

const elsewhere: readonly Row[] = [
  ['nothing has changed', () => instead(304, '', { 'content-length': '0' })],
  [
    'a redirect to itself',
    (random) => instead(pick(random, [301, 302, 307, 308]), '', { location: '/api/version' }),
  ],
];

const said = (status: number, error: string) => () => instead(status, JSON.stringify({ error }));

const silences: readonly Row[] = [
  ['silence before the headers', () => begun((client) => client.silence())],
  [
    'silence after the headers',
    () => async (original, client) => {
      const { status } = await original();
      await client.head(status);
      await client.silence();
    },
  ],
  ['silence in the middle', halfway((client) => client.silence())],
  [
    'silence in the headers',
    () =>
      begun(async (client) => {
        await client.raw('HTTP/1.1 200 OK\r\n');
        await client.silence();
      }),
  ],
  [
    'an endless trickle without a newline',
    () => async (original, client) => {
      const { status } = await original();
      await client.head(status);
      // Ends when the client leaves: the write fails then.
      for (let times = 0; times < 2 ** 20; times += 1) {
        await client.piece(' ');
        await nextTurn();
      }
    },
  ],
];

const streamOnly: readonly Row[] = [
  [
    'the last line is missing',
    () => passedOn(async (line, client) => (line.includes('"done":true') ? undefined : client.piece(line))),
  ],
  [
    'Ollama says why it breaks off',
    edited((_, random) => `{"error":"${pick(random, ['unexpected EOF', '', 'x'])}"}\n`),
  ],
  [
    'a line of some megabytes',
    edited((line) => line.replace('"done":', `"pad":"${'x'.repeat(2 * MEGABYTE)}","done":`)),
  ],
];

export const KINDS: readonly Kind[] = [
  ...kinds(closedEarly, { expects: always('server_error') }),
  ...kinds(noHttp, { expects: UNHEARD }),
  ...kinds(unlike, { expects: BROKEN }),
  ...kinds(
    wholeOnly,
    { expects: BROKEN },
    ENDPOINTS.filter((endpoint) => endpoint !== 'chat'),
  ),
  ...ENDPOINTS.flatMap((endpoint) =>
    kinds(
      Object.entries(SHAPES[endpoint]).map(([name, change]) => [name, reshaped(change)]),
      { expects: BROKEN },
      [endpoint],
    ),
  ),
  ...kinds(huge, { expects: BROKEN }),
  ...kinds(refused(CRASHES), { expects: refusing('server_error') }),
  ...kinds(refused(REFUSALS), { expects: refusing('server_error'), final: true }),
  ...kinds(elsewhere, { expects: refusing('server_error'), final: true }),
  ...kinds(silences, { expects: SILENT, silent: true }),
  ...kinds(streamOnly, { expects: BROKEN }, ['chat']),
  ...kinds([['no memory', said(500, 'llama-server reported out-of-memory during startup: x')]], {
    expects: refusing('out_of_memory'),
    final: true,
  }),
  ...kinds(
    [['a full queue', said(503, 'server busy, please try again.  maximum pending requests exceeded')]],
    { expects: refusing('busy') },
  ),
  ...kinds([['no such model', said(404, "model 'x' not found")]], {
    expects: refusing('not_installed'),
  }),
  ...kinds([['no such talent', said(400, '"x" does not support chat')]], {
    expects: refusing('unsupported'),
    final: true,
  }),
  ...kinds([['a dead engine', said(500, 'llama-server process has terminated: signal: killed')]], {
    expects: refusing('load_failed'),
  }),
  ...kinds(
    [['memory runs out', edited(() => '{"error":"an error was encountered: CUDA error: out of memory"}\n')]],
    { expects: { ...BROKEN, stream: 'out_of_memory' } },
    ['chat'],
  ),
];

const endsAfterHead: Mangling = async (original, client) => {
  const { status } = await original();
  await client.head(status);
  client.cut();
};

/** A continuation byte without its beginning, within the first text. */
function replaceBytes(unit: string): Buffer {
  const bytes = Buffer.from(unit);
  const at = bytes.indexOf('":"') + 3;
  return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xc3, 0x28, 0xff]), bytes.subarray(at)]);
}
