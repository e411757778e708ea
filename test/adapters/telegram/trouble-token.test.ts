import { Api } from 'grammy';
import { describe, expect, it } from 'vitest';
import { signalOf } from '../../servers/telegram/open-telegram.ts';
import { troubledBot, untilItPolls } from './troubled-bot.ts';

const CONFLICT = /Another program polls/;
const INVALID = /token of Telegram is not valid/;
const AGAIN = /polled again/;

describe('another program with the same token', () => {
  it('is told of once; others are served meanwhile, and when it leaves, nothing is lost', async () => {
    const bot = await troubledBot();
    const { telegram, ada, chat, answer, lines } = bot;
    await untilItPolls(bot);
    const other = new Api(telegram.token, { apiRoot: telegram.url });
    const leaves = new AbortController();
    const refused = telegram.when('answer', ({ request }) => request.status === 409);
    const stolen = other.getUpdates({ timeout: 50 }, signalOf(leaves));
    await refused;
    const pollsBefore = telegram.requests({ method: 'getUpdates' }).length;

    ada.send(chat, 'Who reads this first?');
    expect(await stolen).toHaveLength(1);
    const web = await bot.ostler.ask('What goes on?');
    expect(web).toMatchObject({ kind: 'answer' });
    expect(lines(CONFLICT)).toEqual([
      expect.objectContaining({ level: 'error', hint: expect.stringContaining('BotFather') }),
    ]);
    expect(telegram.requests({ method: 'getUpdates' })).toHaveLength(pollsBefore);

    await answer(chat, 'Who reads this first?');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(chat.fromBot()).toHaveLength(1);
    expect([lines(CONFLICT).length, lines(AGAIN).length]).toEqual([1, 1]);
    leaves.abort();
  });
});

describe('a token that is not valid', () => {
  it('any more is told of once and is not tried again at once; everybody else is served', async () => {
    const bot = await troubledBot();
    const { telegram, ollama, ada, chat, lines } = bot;
    await untilItPolls(bot);
    const hold = ollama.hold({ at: 'generation' });
    ada.send(chat, 'What if you are revoked now?');
    await hold.reached;
    await untilItPolls(bot);
    const refused = telegram.when('answer', ({ request }) => request.status === 401);
    telegram.revoke();
    await refused;
    const before = telegram.requests({ method: 'getUpdates' }).length;
    hold.release();
    for (const text of ['one', 'two', 'three']) {
      expect(await bot.ostler.ask(text)).toMatchObject({ kind: 'answer' });
    }
    expect(bot.asked()).toHaveLength(4);
    expect(lines(INVALID)).toEqual([
      expect.objectContaining({ level: 'error', hint: expect.stringContaining('telegram.token') }),
    ]);
    expect(telegram.requests({ method: 'getUpdates' })).toHaveLength(before);
    const sends = telegram.requests({ method: 'sendMessage' });
    expect(sends.length).toBeLessThanOrEqual(2);
    expect(lines(/could not be kept or delivered/).length).toBeLessThanOrEqual(1);
  });

  it('at the start: the bot starts, says so, and serves everybody else', async () => {
    const token = '1001:Atlantis_is_not_known_here';
    const { telegram, ostler, lines } = await troubledBot({ config: { telegram: { token } } }, [token]);
    expect(await ostler.ask('What goes on?')).toMatchObject({ kind: 'answer' });
    await telegram.until(() => lines(INVALID).length === 1);
    expect(telegram.requests()).toEqual([expect.objectContaining({ method: 'getMe', status: 401 })]);
  });
});
