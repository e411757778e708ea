import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openApi } from '../../../adapters/telegram/open-api.ts';
import { pollUpdates } from '../../../adapters/telegram/poll.ts';
import type { PollState } from '../../../adapters/telegram/poll-trouble.ts';
import { logBook } from './log-book.ts';
import { watchedClock } from './watched-clock.ts';

const TOKEN = '1000:Atlantis';
const SECOND = 1_000;
const FIRST = { update_id: 1, message: 'one' };
const SECOND_UPDATE = { update_id: 2, message: 'two' };
/** grammY waits for up to so long, the loop for less. */
const OVERDUE = 40 * SECOND;

type Reply = (response: ServerResponse) => void;

const says = (body: string | Uint8Array, status = 200, type = 'application/json'): Reply => {
  return (response) => void response.writeHead(status, { 'content-type': type }).end(body);
};
const gives = (result: unknown): Reply => says(JSON.stringify({ ok: true, result }));
const refuses = (error: Readonly<Record<string, unknown>>, status = 400): Reply =>
  says(JSON.stringify({ ok: false, ...error }), status);

/** The loop on grammY and Node's fetch, against a server that answers the polls as it is told. */
async function begin(replies: readonly Reply[]) {
  const waiting = [...replies];
  const offsets: number[] = [];
  const polled = new EventEmitter();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    offsets.push(JSON.parse(body).offset);
    waiting.shift()?.(response);
    polled.emit('poll');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = openApi(TOKEN, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const clock = watchedClock();
  const book = logBook();
  const ends = new AbortController();
  const states: PollState[] = [];
  const handled: unknown[] = [];
  const over = pollUpdates({
    fetchUpdates: (parameters, until) => api.getUpdates(parameters, until),
    dropWebhook: async () => true,
    handle: async (update) => void handled.push(update),
    clock,
    logger: book.logger,
    onState: (state) => void states.push(state),
    signal: ends.signal,
    random: () => 0.5,
  });
  onTestFinished(async () => {
    ends.abort();
    server.closeAllConnections();
    server.close();
    await over;
  });
  const reached = async (count: number) => {
    while (offsets.length < count) await once(polled, 'poll');
  };
  return { clock, offsets, reached, states, handled, lines: book.lines };
}

const NONSENSE: readonly (readonly [string, Reply])[] = [
  ['nothing', says('')],
  ['a web page', says('<html><body>Please log in</body></html>', 200, 'text/html')],
  ['a web page that is missing', says('<html>404</html>', 404, 'text/html')],
  ['JSON that ends in the middle', says('{"ok":true,"result":[{"update_id":7')],
  ['bytes that are no text', says(Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28))],
  ['null', says('null')],
  ['a list', says('[]')],
  ['a word', says('"ok"')],
  ['an empty object', says('{}')],
  ['no result', says('{"ok":true}')],
  ['a result that is no list', gives({ update_id: 1 })],
  ['a refusal without a word', refuses({})],
  ['a refusal with words of the wrong kind', refuses({ error_code: '401', description: { a: 1 } })],
  ['a refusal with parameters of the wrong kind', refuses({ error_code: 500, parameters: 'no' })],
  ['a pause of no length', refuses({ error_code: 429, description: 'x', parameters: { retry_after: 'x' } })],
  ['half a header', (response) => void response.socket?.end('HTTP/1.1 200 OK\r\ncontent-le')],
  ['what is not HTTP', (response) => void response.socket?.end('220 smtp ready\r\n')],
  ['a description with the address', refuses({ error_code: 500, description: `/bot${TOKEN}/ is down` })],
];

describe('a poll that is answered with', () => {
  it.each(NONSENSE)(
    '%s is told of once, and the next one goes on from the same place',
    async (_, nonsense) => {
      const { clock, offsets, states, handled, lines } = await begin([
        gives([FIRST]),
        nonsense,
        gives([SECOND_UPDATE]),
      ]);
      await clock.armed(SECOND);
      expect(states).toEqual(['polling', 'away']);
      clock.advance(SECOND);
      await clock.armed(OVERDUE);
      expect(handled).toEqual([FIRST, SECOND_UPDATE]);
      expect(offsets.slice(0, 3)).toEqual([0, 2, 2]);
      expect(states).toEqual(['polling', 'away', 'polling']);
      expect(lines().map(({ level }) => level)).toEqual(['warn', 'info']);
      expect(lines()[0]?.fields.reason).toMatch(/\S/);
      expect(JSON.stringify(lines())).not.toContain(TOKEN);
    },
  );
});

describe('a poll that is answered with nothing at all', () => {
  const SILENCES: readonly (readonly [string, Reply])[] = [
    ['not even a header', () => {}],
    ['a header, and then silence', (response) => void response.writeHead(200).flushHeaders()],
    ['half a body, and then silence', (response) => void response.writeHead(200).write('{"ok":tr')],
  ];

  it.each(SILENCES)('(%s) is given up when it is overdue, and nothing is lost', async (_, silence) => {
    const { clock, offsets, reached, states, handled, lines } = await begin([
      gives([FIRST]),
      silence,
      gives([SECOND_UPDATE]),
    ]);
    await reached(2);
    clock.advance(OVERDUE);
    await clock.armed(SECOND);
    clock.advance(SECOND);
    await clock.armed(OVERDUE);
    expect(handled).toEqual([FIRST, SECOND_UPDATE]);
    expect(offsets.slice(0, 3)).toEqual([0, 2, 2]);
    expect(states).toEqual(['polling', 'away', 'polling']);
    expect(lines().map(({ level }) => level)).toEqual(['warn', 'info']);
  });
});

it('who answers nothing but nonsense is asked less and less often', async () => {
  const { clock, offsets, lines } = await begin(Array.from({ length: 50 }, () => says('null')));
  for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
    await clock.armed(seconds * SECOND);
    clock.advance(seconds * SECOND);
  }
  await clock.armed(30 * SECOND);
  expect(offsets).toHaveLength(8);
  expect(lines()).toHaveLength(1);
});
