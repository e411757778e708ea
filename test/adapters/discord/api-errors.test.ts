import { DiscordAPIError, Routes } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { understand } from '../../../adapters/discord/api-errors.ts';
import { openRest } from '../../../adapters/discord/open-rest.ts';
import { openDiscord } from '../../servers/discord/open-discord.ts';

const SECRET = 'the text of somebody';

/** What became of a message that Discord answers so. */
async function sent(
  fault: { readonly status: number; readonly code: number } | 'not-json' | 'drop-before',
  content = SECRET,
) {
  const { discord, channel } = await openDiscord();
  const kind = typeof fault === 'string' ? fault : { ...fault, message: `No “${SECRET}”` };
  discord.fault({ kind });
  const rest = openRest(discord.token, discord.restUrl);
  const body = { content };
  const trouble = await rest
    .post(Routes.channelMessages(channel.id), { body })
    .then(() => undefined, understand);
  expect(JSON.stringify(trouble)).not.toContain(SECRET);
  expect(JSON.stringify(trouble)).not.toContain(discord.token);
  return trouble;
}

describe('an answer of Discord', () => {
  test.each([
    [404, 10_008, { kind: 'gone' }],
    [404, 10_015, { kind: 'gone' }],
    [401, 50_027, { kind: 'gone' }],
    [404, 10_003, { kind: 'failed', error: { code: 'undeliverable' } }],
    [403, 50_001, { kind: 'failed', error: { code: 'undeliverable' } }],
    [403, 50_007, { kind: 'failed', error: { code: 'undeliverable' } }],
    [403, 50_013, { kind: 'failed', error: { code: 'undeliverable' } }],
    [400, 50_083, { kind: 'failed', error: { code: 'undeliverable' } }],
    [400, 50_035, { kind: 'failed', error: { code: 'internal', retryable: false } }],
    [401, 0, { kind: 'failed', error: { code: 'unreachable', retryable: true } }],
    [500, 0, { kind: 'failed', error: { code: 'unreachable', retryable: true } }],
    [503, 0, { kind: 'failed', error: { code: 'unreachable', retryable: true } }],
    [429, 0, { kind: 'wait' }],
  ])('%i %i is understood as %j', async (status, code, trouble) => {
    expect(await sent({ status, code })).toMatchObject(trouble);
  });

  test('to a text that is too long says so', async () => {
    const { discord, channel } = await openDiscord();
    const rest = openRest(discord.token, discord.restUrl);
    const body = { content: 'x'.repeat(2_001) };
    const trouble = await rest
      .post(Routes.channelMessages(channel.id), { body })
      .then(() => undefined, understand);
    expect(trouble).toMatchObject({ kind: 'failed', error: { code: 'too_long' } });
  });

  test.each(['not-json', 'drop-before'] as const)('that is none (%s) may come later', async (fault) => {
    expect(await sent(fault)).toMatchObject({
      kind: 'failed',
      error: { code: 'unreachable', retryable: true },
    });
  });

  test.each([403, 404, 405])('%i without a number is that of a proxy, and may come later', (status) => {
    const page = { page: SECRET } as never;
    const error = new DiscordAPIError(page, undefined as never, status, 'POST', SECRET, {});
    const trouble = understand(error);
    expect(trouble).toMatchObject({ kind: 'failed', error: { code: 'unreachable', retryable: true } });
    expect(JSON.stringify(trouble)).not.toContain(SECRET);
  });

  test('to a token that was refused before is not asked for again', async () => {
    const { discord } = await openDiscord();
    const rest = openRest('a.b.c', discord.restUrl);
    const ask = () => rest.get(Routes.user()).then(() => undefined, understand);
    const refused = {
      kind: 'failed',
      error: { code: 'unreachable', hint: expect.stringContaining('discord.token') },
    };
    expect(await ask()).toMatchObject(refused);
    expect(await ask()).toMatchObject(refused);
    expect(discord.requests()).toHaveLength(1);
  });
});
