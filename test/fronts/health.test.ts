import { expect, it } from 'vitest';
import { discordBot } from '../servers/discord-bot.ts';
import type { TestOstler } from '../servers/ostler.ts';
import { telegramBot } from '../servers/telegram-bot.ts';

/** Resolves once `/readyz` says this of a front. It is ready whatever the fronts are. */
async function reaches(ostler: TestOstler, front: string, state: string): Promise<void> {
  for (;;) {
    const reply = await ostler.handle(new Request('http://ostler/readyz'));
    expect(reply.status).toBe(200);
    const { status, fronts } = (await reply.json()) as {
      status: string;
      fronts: Readonly<Record<string, string>>;
    };
    if (fronts[front] !== state) {
      await new Promise(setImmediate);
      continue;
    }
    expect(status).toBe(state === 'ready' ? 'ok' : 'degraded');
    return;
  }
}

it('health tells whether Telegram is there, and whether it takes the bot', async () => {
  const { ostler, telegram } = await telegramBot();
  await reaches(ostler, 'telegram', 'ready');
  await telegram.goAway();
  await reaches(ostler, 'telegram', 'away');
  await telegram.comeBack();
  await reaches(ostler, 'telegram', 'ready');
  telegram.revoke();
  await reaches(ostler, 'telegram', 'refused');
});

it('and the same of Discord', async () => {
  const { ostler, discord } = await discordBot();
  await reaches(ostler, 'discord', 'ready');
  await discord.gateway.goAway();
  await reaches(ostler, 'discord', 'away');
  await discord.gateway.comeBack();
  await reaches(ostler, 'discord', 'ready');
});

it('a token that Discord does not know is refused for good', async () => {
  const { ostler } = await discordBot({
    config: { discord: { token: 'nobody.knows.this' } },
    connects: false,
  });
  await reaches(ostler, 'discord', 'refused');
});
