import { expect, it } from 'vitest';
import { type ErrorCode, OstlerError } from '../../src/errors.ts';
import { createServerState } from '../../src/models/server-state.ts';
import { fakeClock } from '../fakes/clock.ts';

const nothing = () => {};

/** The state of a server whose first look at its memory fails. */
function open(code: ErrorCode) {
  let looks = 0;
  const state = createServerState({
    host: 'here',
    server: {
      async loaded() {
        looks += 1;
        if (looks === 1) throw new OstlerError('No.', { code, retryable: true });
        return [];
      },
    } as never,
    clock: fakeClock(),
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    answerLimitMs: 1_000,
    stopped: new AbortController().signal,
    onNews: nothing,
    onResidents: async () => {},
    onInstalled: async () => {},
    onContact: nothing,
  });
  return { state, looks: () => looks };
}

it('a server that was restarted closed the connection that was kept to it: it is asked once more', async () => {
  const { state, looks } = open('server_error');
  expect(await state.sync()).toEqual([]);
  expect(looks()).toBe(2);
});

it('one that cannot be reached is not', async () => {
  const { state, looks } = open('unreachable');
  await expect(state.sync()).rejects.toMatchObject({ code: 'unreachable' });
  expect(looks()).toBe(1);
});
