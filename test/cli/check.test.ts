import { describe, expect, it, onTestFinished } from 'vitest';
import { createDiscord } from '../servers/discord/discord.ts';
import { simulatedOllama } from '../servers/ostler.ts';
import { createTelegram } from '../servers/telegram/telegram.ts';
import { configFor, ostler } from './run.ts';

describe('ostler check', () => {
  it('prints the configuration and a line for each connection', async () => {
    const ollama = await simulatedOllama();
    const config = await configFor(ollama);
    const { code, stdout } = await ostler(['check', '--config', config]).result;
    expect(code).toBe(0);
    expect(stdout).toContain('routing:');
    expect(stdout).toMatch(/✓ Ollama 0\.33\S* at http:\S+: 6 models \(/);
    expect(stdout).toContain('✓ fast → qwen2.5:7b: installed');
  });

  it('exits with 1 and says what to do for what is missing', async () => {
    const ollama = await simulatedOllama({ models: [{ tag: 'qwen2.5:7b', sizeGb: 5 }] });
    const config = await configFor(ollama, 'redis: { url: "redis://:pa55word@127.0.0.1:1" }\n');
    const { code, stdout } = await ostler(['check', '--config', config]).result;
    expect(code).toBe(1);
    expect(stdout).toContain('✗ primary → qwen2.5:32b: not installed\n  ollama pull qwen2.5:32b\n');
    expect(stdout).toMatch(/✗ .*127\.0\.0\.1:1/);
    expect(stdout).not.toContain('pa55word');
  });

  it('says who the bot on Discord is, what it may not do there, and where its token is refused', async () => {
    const ollama = await simulatedOllama();
    const discord = await createDiscord();
    onTestFinished(() => discord.close());
    const checked = async (section: string) =>
      ostler(['check', '--config', await configFor(ollama, section)]).result;
    const discordOf = (token: string, more = '') =>
      `discord: { token: ${token}, api_url: ${discord.restUrl}${more} }\naccess: { discord: { guilds: ["900000000000000001"] } }`;
    const [well, denied, wrong] = await Promise.all([
      checked(discordOf(discord.token)),
      checked(discordOf(discord.token, ', message_content: true')),
      checked(discordOf('wrong.token.here')),
    ]);
    expect(well.stdout).toContain('✓ Discord: ostler, for 1 server\n');
    expect(denied.stdout).toMatch(/✗ Discord does not let it read .*\n {2}Allow the Message Content Intent/);
    expect(wrong.stdout).toMatch(/✗ Discord does not accept the bot's token/);
    expect([well, denied, wrong].map(({ code }) => code)).toEqual([0, 1, 1]);
  });

  it('says who the bot on Telegram is, and whom it serves', async () => {
    const ollama = await simulatedOllama();
    const telegram = await createTelegram();
    onTestFinished(() => telegram.close());
    const check = async (users: string, token = telegram.token) => {
      const section = `telegram: { token: "${token}", api_url: "${telegram.url}/" }\n`;
      const config = await configFor(ollama, `${section}access: { telegram: { users: [${users}] } }\n`);
      return ostler(['check', '--config', config]).result;
    };
    const [served, nobody, wrong] = await Promise.all([
      check('7, 8'),
      check(''),
      check('7', '1:wrong-token'),
    ]);
    expect(served).toMatchObject({ code: 0 });
    expect(served.stdout).toContain('✓ Telegram: @ostler_bot, for 2 people\n');
    expect(nobody).toMatchObject({ code: 0 });
    expect(nobody.stdout).toMatch(
      /✓ Telegram: @ostler_bot, for those who were let in\n {2}Whoever writes to it gets a code/,
    );
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.stdout).toMatch(/✗ Telegram does not accept the bot's token/);
    for (const { stdout } of [served, nobody, wrong]) expect(stdout).not.toMatch(/nobody"|wrong-token/);
  });
});
