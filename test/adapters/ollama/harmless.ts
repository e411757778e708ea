import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Mangling } from '../../servers/mangler.ts';
import { misdescribed, passedOn, reshaped } from './manglings.ts';

/** Odd, and yet the same answer. */
export const HARMLESS: readonly { readonly name: string; readonly mangling: Mangling }[] = [
  {
    name: 'byte by byte',
    mangling: passedOn(async (unit, client) => {
      for (const byte of Buffer.from(unit)) await client.piece(Buffer.of(byte));
    }),
  },
  { name: 'in pieces that end within a character', mangling: passedOn(sendInHalves) },
  { name: 'with CRLF', mangling: passedOn((unit, client) => client.piece(unit.replace('\n', '\r\n'))) },
  { name: 'with empty lines', mangling: passedOn((unit, client) => client.piece(`\n\r\n \n${unit}\n`)) },
  { name: 'with blanks', mangling: passedOn((unit, client) => client.piece(`  ${unit.trim()} \t\n`)) },
  {
    name: 'without its last newline',
    mangling: passedOn((unit, client) => client.piece(unit.includes('"done":true') ? unit.trim() : unit)),
  },
  { name: 'without a content type', mangling: passedOn((unit, client) => client.piece(unit), {}) },
  {
    name: 'with a wrong content type',
    mangling: passedOn((unit, client) => client.piece(unit), { 'content-type': 'text/html; charset=latin1' }),
  },
  {
    name: 'with its exact length',
    mangling: misdescribed((body) => ({ 'content-length': `${body.length}` })),
  },
  {
    name: 'with unknown fields',
    mangling: reshaped((value: object) => ({ ...value, future: [{ any: 'thing' }] }))(() => 0),
  },
  {
    name: 'with more words after the end',
    mangling: passedOn((unit, client) =>
      client.piece(
        unit.includes('"done":true') && unit.includes('message') ? `${unit}no JSON\n{"message":5}\n` : unit,
      ),
    ),
  },
];

async function sendInHalves(unit: string, client: Parameters<Mangling>[1]): Promise<void> {
  const bytes = Buffer.from(unit);
  const continuation = bytes.findIndex((byte) => byte >= 0x80 && byte < 0xc0);
  const at = continuation > 0 ? continuation : Math.floor(bytes.length / 2);
  await client.piece(bytes.subarray(0, at));
  // The client reads the first half before the second one is there.
  await nextTurn();
  await client.piece(bytes.subarray(at));
}
