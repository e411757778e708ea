/** What is on the simulated machine. All times are milliseconds since its start. */

export type Model = {
  readonly index: number;
  readonly tag: string;
  readonly sizeBytes: number;
  readonly coldMs: number;
  readonly warmMs: number;
  readonly slots: number;
  readonly state: 'not_loaded' | 'loading' | 'ready';
  /** Questions that it is answering. */
  readonly running: number;
  readonly readyAt: number;
  readonly lastUsedAt: number;
};

export type Question = {
  readonly id: string;
  readonly model: Model;
  readonly chat: number | string;
  readonly askedAt: number;
  readonly thinkMs: number;
  /** Until its first token and until its end, alone on the GPU. */
  readonly prefillMs: number;
  readonly workMs: number;
};

/** A question at the head of its chat. */
export type Waiting = Question & { readonly eligibleAt: number };

export type Answered = Waiting & { readonly startedAt: number; readonly firstTokenAt: number };

/** A model that began to load, or left the memory. */
export type Move = { readonly at: number; readonly model: Model };

/** Moments so close to each other are one. */
export const SAME_MOMENT_MS = 1e-4;
