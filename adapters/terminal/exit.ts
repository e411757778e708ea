/** Exit codes for scripts. */
export const EXIT = {
  answered: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  stopped: 4,
  interrupted: 130,
} as const;
