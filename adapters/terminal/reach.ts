import { setTimeout as pause } from 'node:timers/promises';
import type { StatusView } from '../../src/chat/status-view.ts';
import { OstlerError } from '../../src/errors.ts';
import { inProcessCall, socketCall } from './call.ts';
import { type Client, createClient } from './chat/client.ts';

/** Two processes that start at the same moment: one becomes the bot, the other finds it a moment later. */
const REACH_ATTEMPTS = 20;
const REACH_PAUSE_MS = 100;
/** So long one waits for the bot to come back before one does the whole way without it. */
const RETURN_LIMIT_MS = 15_000;

/** A bot that was found running, or one within this process. */
export type Reached = { readonly client: Client; readonly own: boolean; close(): Promise<void> };
export type Reach = () => Promise<Reached>;

/** Works with whoever is reached, and leaves them. */
export async function reaching<T>(reach: Reach, work: (reached: Reached) => Promise<T>): Promise<T> {
  const reached = await reach();
  try {
    return await work(reached);
  } finally {
    await reached.close();
  }
}

/** Leaves whoever is reached where `check` throws. */
export function checkedReach(reach: Reach, check: (reached: Reached) => Promise<void>): Reach {
  return async () => {
    const reached = await reach();
    try {
      await check(reached);
      return reached;
    } catch (error) {
      await reached.close();
      throw error;
    }
  };
}

type Own = {
  readonly handle: (request: Request) => Response | Promise<Response>;
  close(): Promise<void>;
};

/**
 * Finds the bot that listens on the socket, else opens one within this process; one that was found once has time
 * to come back. `openOwn` throws `already_running` where another was faster.
 */
export function createReach(socketPath: string, openOwn: () => Promise<Own>): Reach {
  let comesBack = false;

  async function find(): Promise<Reached | undefined> {
    const { call, close } = socketCall(socketPath);
    const client = createClient(call);
    const status = await client.status().catch(() => undefined);
    if (!status) {
      await close();
      return undefined;
    }
    // What another question of the terminal runs for itself ends with it.
    comesBack = !status.passing;
    return { client, own: false, close };
  }

  return async () => {
    const aloneFrom = comesBack ? performance.now() + RETURN_LIMIT_MS : 0;
    for (let attempt = 1; ; ) {
      const found = await find();
      if (found) return found;
      if (performance.now() >= aloneFrom) {
        try {
          const { handle, close } = await openOwn();
          comesBack = false;
          return { client: createClient(inProcessCall(handle)), own: true, close };
        } catch (error) {
          if (!isTaken(error) || attempt >= REACH_ATTEMPTS) throw error;
          attempt += 1;
        }
      }
      await pause(REACH_PAUSE_MS);
    }
  };
}

const isTaken = (error: unknown) => error instanceof OstlerError && error.code === 'already_running';

/** How the bot that listens on the socket is; undefined: none does. */
export async function statusAt(socketPath: string): Promise<StatusView | undefined> {
  const { call, close } = socketCall(socketPath);
  try {
    return await createClient(call).status();
  } catch {
    return undefined;
  } finally {
    await close();
  }
}
