import type { Route } from './call.ts';

/** https://docs.discord.com/developers/events/gateway#get-gateway-bot */
export function gatewayRoutes(url: string): readonly Route[] {
  const limit = { total: 1_000, remaining: 1_000, reset_after: 0, max_concurrency: 1 };
  return [
    { method: 'GET', path: '/gateway', needsBot: false, handle: () => ({ url }) },
    {
      method: 'GET',
      path: '/gateway/bot',
      handle: () => ({ url, shards: 1, session_start_limit: limit }),
    },
  ];
}
