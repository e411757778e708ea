import { expect, test } from 'vitest';
import { DISCORD } from '../../adapters/discord/platform.ts';
import { outcomeContents, plainOf } from '../../src/reply/outcome-contents.ts';

const ENDLESS = `The model ${'<*_🙂'.repeat(2_000)} is not installed.`;

test('words that hold an endless name still fit into one message', () => {
  const { markup } = plainOf(ENDLESS, DISCORD);
  expect(markup.length).toBeLessThanOrEqual(DISCORD.mostCharacters);
  expect(markup).toMatch(/^The model .*…$/su);
});

test('so does how a question ended', () => {
  const failure = { code: 'not_installed', message: ENDLESS } as const;
  const contents = outcomeContents({ kind: 'failure', failure }, DISCORD, '> Hello\n\n');
  for (const { markup } of contents) expect(markup.length).toBeLessThanOrEqual(DISCORD.mostCharacters);
});
