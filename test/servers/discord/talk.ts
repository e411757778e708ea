import type { Discord } from './surface.ts';

type Received = { readonly op: number; readonly d: unknown; readonly t?: string };

/** A plain client of the gateway, which sends these payloads one after the other as soon as it is greeted. */
export function talk(discord: Discord, payloads: readonly unknown[], query = '?v=10&encoding=json') {
  const socket = new WebSocket(`${discord.gatewayUrl}/${query}`);
  const received: Received[] = [];
  socket.onmessage = ({ data }) => {
    const payload = JSON.parse(String(data)) as Received;
    received.push(payload);
    if (payload.op !== 10) return;
    for (const next of payloads) socket.send(typeof next === 'string' ? next : JSON.stringify(next));
  };
  const end = new Promise<{ readonly code: number; readonly received: readonly Received[] }>((resolve) => {
    socket.onclose = ({ code }) => resolve({ code, received });
  });
  return { socket, end };
}

/** An IDENTIFY with as little as is taken. */
export function identify(discord: Discord, more: object = {}) {
  const properties = { os: 'a', browser: 'b', device: 'c' };
  return { op: 2, d: { token: discord.token, intents: 1, properties, ...more } };
}
