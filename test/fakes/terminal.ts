import type { Caller } from '../../src/people/presence.ts';

/** Somebody at the machine itself. */
export const TERMINAL: Caller = {
  address: { platform: 'terminal', chat: 'terminal' },
  person: { id: 'terminal' },
  role: 'owner',
};
