import { Events, type Message } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { openClient, openDiscord, soon } from './open-discord.ts';
import type { Discord } from './surface.ts';
import { identify, talk } from './talk.ts';

const textsOf = (messages: readonly Message[]) => messages.map(({ content }) => content);

function collect(client: Awaited<ReturnType<typeof openClient>>): Message[] {
  const messages: Message[] = [];
  client.on(Events.MessageCreate, (message) => void messages.push(message));
  return messages;
}

describe('resuming', () => {
  test.each([
    ['cut', (discord: Discord) => discord.gateway.cut()],
    ['cut in the middle of a frame', (discord: Discord) => discord.gateway.cutInFrame()],
    ['closed with 4000', (discord: Discord) => discord.gateway.close(4000)],
    ['closed with 4009', (discord: Discord) => discord.gateway.close(4009)],
    ['told to come again', (discord: Discord) => discord.gateway.reconnect()],
    [
      'told that its session is invalid but resumable',
      (discord: Discord) => discord.gateway.invalidate(true),
    ],
  ])('a client that was %s gets what it missed, once', async (_, disturb) => {
    const { discord, ada } = await openDiscord();
    const dispatched: string[] = [];
    discord.on((event) => event.type === 'dispatch' && dispatched.push(event.name));
    const messages = collect(await openClient(discord));
    ada.send(ada.directChat(), 'before');
    await soon(() => messages.length).toBe(1);
    const resumed = discord.when('resumed');
    disturb(discord);
    ada.send(ada.directChat(), 'meanwhile');
    await resumed;
    ada.send(ada.directChat(), 'after');
    await soon(() => textsOf(messages)).toEqual(['before', 'meanwhile', 'after']);
    expect(dispatched.filter((name) => name === 'MESSAGE_CREATE')).toHaveLength(3);
    expect(dispatched.filter((name) => name === 'READY')).toHaveLength(1);
    expect(discord.gateway.counts()).toMatchObject({ identifies: 1, resumes: 1 });
  });

  test.each([
    ['told that its session is invalid', (discord: Discord) => discord.gateway.invalidate(false)],
    [
      'forgotten',
      (discord: Discord) => {
        discord.gateway.forgetSessions();
        discord.gateway.cut();
      },
    ],
  ])('a client that was %s identifies anew and has missed what was said', async (_, disturb) => {
    const { discord, ada } = await openDiscord();
    const messages = collect(await openClient(discord));
    const identified = discord.when('identified');
    disturb(discord);
    ada.send(ada.directChat(), 'meanwhile');
    await identified;
    ada.send(ada.directChat(), 'after');
    await soon(() => textsOf(messages)).toEqual(['after']);
    expect(discord.gateway.counts()).toMatchObject({ identifies: 2, resumes: 0 });
  });

  test('a number that was never sent closes with 4007, and a wrong session is invalid', async () => {
    const { discord } = await openDiscord();
    await openClient(discord);
    const [session] = discord.gateway.sessions();
    const resume = { token: discord.token, session_id: session?.id, seq: 99 };
    expect((await talk(discord, [{ op: 6, d: resume }]).end).code).toBe(4007);
    const unknown = { op: 6, d: { ...resume, session_id: 'x' } };
    const { received } = await talk(discord, [unknown, { op: 99 }]).end;
    expect(received.at(-1)).toEqual({ op: 9, d: false });
  });

  test('an older connection that ends takes nothing from the one that resumed', async () => {
    const { discord } = await openDiscord();
    const older = talk(discord, [identify(discord)]);
    await discord.when('identified');
    const [session] = discord.gateway.sessions();
    const resumed = discord.when('resumed');
    const newer = talk(discord, [{ op: 6, d: { token: discord.token, session_id: session?.id, seq: 1 } }]);
    await resumed;
    older.socket.close(4200);
    await older.end;
    expect(discord.gateway.sessions()).toMatchObject([{ connected: true }]);
    discord.push('ANYTHING', {});
    discord.gateway.close(4000);
    expect((await newer.end).received.at(-1)).toMatchObject({ t: 'ANYTHING' });
  });

  test('a client that says goodbye has no session any more', async () => {
    const { discord } = await openDiscord();
    const client = await openClient(discord);
    const ended = discord.when('disconnected');
    await client.destroy();
    expect(await ended).toMatchObject({ code: 1000, by: 'client' });
    expect(discord.gateway.sessions()).toEqual([]);
  });

  test('READY names another address for resuming', async () => {
    const { discord } = await openDiscord();
    await openClient(discord);
    const connected = discord.when('connected');
    discord.gateway.cut();
    expect((await connected).url).toBe('/resume?v=10&encoding=json');
  });

  test('a gateway that goes away and comes back is found again, and REST works meanwhile', async () => {
    const { discord, ada, rest, channel } = await openDiscord();
    const messages = collect(await openClient(discord));
    await discord.gateway.goAway();
    ada.send(ada.directChat(), 'meanwhile');
    expect(await rest.get(`/channels/${channel.id}`)).toMatchObject({ id: channel.id });
    const again = discord.when('connected');
    await discord.gateway.comeBack();
    await again;
    await discord.until(() => discord.gateway.sessions().some(({ connected }) => connected));
    ada.send(ada.directChat(), 'after');
    await soon(() => textsOf(messages)).toContain('after');
  });
});

describe('heartbeats', () => {
  test('are answered, and asked for', async () => {
    const { discord } = await openDiscord({ heartbeatMs: 60_000 });
    const client = await openClient(discord);
    const before = discord.gateway.counts().heartbeats;
    const heard = discord.when('heartbeat');
    discord.gateway.askForHeartbeat();
    await heard;
    await soon(() => client.ws.ping).toBeGreaterThanOrEqual(0);
    expect(discord.gateway.counts().heartbeats).toBeGreaterThan(before);
  });

  test('a client without answers takes its connection for dead and resumes', async () => {
    const { discord } = await openDiscord({ heartbeatMs: 200 });
    await openClient(discord);
    discord.gateway.acknowledge(false);
    const ended = discord.when('disconnected', ({ by }) => by === 'client');
    expect((await ended).code).toBe(4200);
    const resumed = discord.when('resumed');
    discord.gateway.acknowledge(true);
    await resumed;
  });

  test('a client that is silent is hung up on', async () => {
    const { discord } = await openDiscord({ heartbeatMs: 20 });
    expect((await talk(discord, [identify(discord)]).end).code).toBe(4009);
  });
});
