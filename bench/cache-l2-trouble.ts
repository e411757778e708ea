import { setTimeout as pause } from 'node:timers/promises';
import type { CacheTier } from '../src/ports/cache-tier.ts';
import { startRedis } from '../test/servers/redis.ts';
import { startRelay } from '../test/servers/relay.ts';
import { atMost, type Report, type Target } from './bench.ts';
import { openTier, reaches, timeOf } from './cache-timing.ts';
import { median } from './statistics.ts';

/** So often is each kind of trouble made. */
const TROUBLES = 7;
/** By then the pauses between two attempts to connect are as long as they get. */
const AWAY_MS = 2_000;

/** What the trouble of Redis costs those who ask. */
export async function measureTrouble(): Promise<Report> {
  const targets = [
    await measureDown(),
    await measureStall(),
    await measureRestart(),
    await measureHalfOpen(),
  ];
  return { targets: targets.flat(), figures: [] };
}

async function measureDown(): Promise<readonly Target[]> {
  const server = await startRedis();
  await server.kill();
  const waits: number[] = [];
  for (let n = 0; n < TROUBLES; n += 1) {
    const tier = openTier(server);
    waits.push(await timeOf(() => tier.get('key')));
    await tier.close();
  }
  await server.dispose();
  return [atMost('time to the caller, Redis down at the start', median(waits), 'ms', 1)];
}

async function measureStall(): Promise<readonly Target[]> {
  const server = await startRedis();
  const tier = openTier(server);
  const [first, next]: [number[], number[]] = [[], []];
  for (let n = 0; n < TROUBLES; n += 1) {
    await reaches(tier, 'ready');
    server.pause();
    first.push(await timeOf(() => tier.get('key')));
    next.push(await timeOf(() => tier.get('key')));
    await reaches(tier, 'down');
    server.resume();
  }
  await tier.close();
  await server.dispose();
  return [
    atMost('time to the first caller, Redis stalled', median(first), 'ms', 120),
    atMost('time to the next caller, Redis stalled', median(next), 'ms', 1),
  ];
}

/** From the first answer that the restarted server gives to anybody. */
async function measureRestart(): Promise<readonly Target[]> {
  const server = await startRedis();
  const tier = openTier(server);
  const waits: number[] = [];
  for (let n = 0; n < TROUBLES; n += 1) {
    await reaches(tier, 'ready');
    await server.kill();
    await reaches(tier, 'down');
    await pause(AWAY_MS);
    await server.restart();
    waits.push(await timeOf(() => usable(tier)));
  }
  await tier.close();
  await server.dispose();
  return [atMost('longest until it is used again, Redis restarted', Math.max(...waits), 'ms', 1_000)];
}

/** From the moment in which the other end is gone, which shows only when somebody asks. */
async function measureHalfOpen(): Promise<readonly Target[]> {
  const server = await startRedis();
  const relay = await startRelay(server.url);
  const tier = openTier(relay);
  const waits: number[] = [];
  for (let n = 0; n < TROUBLES; n += 1) {
    await usable(tier);
    relay.forget();
    waits.push(await timeOf(() => usable(tier)));
  }
  await tier.close();
  await relay.close();
  await server.dispose();
  return [atMost('longest until it is used again, connection half-open', Math.max(...waits), 'ms', 600)];
}

/** Asks without a pause until there is an answer. */
async function usable(tier: CacheTier): Promise<void> {
  while ((await tier.get('key')).kind === 'error') await pause(1);
}
