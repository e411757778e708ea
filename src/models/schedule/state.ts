/** A question that only a model can answer, at the head of its chat. */
export type WaitingJob = {
  readonly id: string;
  readonly model: string;
  /** Monotonic milliseconds: when everything before it in its chat had ended. */
  readonly eligibleAt: number;
  /** Nobody waits for it: it goes when no other question does. */
  readonly isBackground?: boolean;
  /** Where that is asked: its person is to agree that these leave the memory for it, or did. */
  readonly consent?: { readonly kind: 'asked' | 'given'; readonly evict: readonly string[] };
};

/** `preserved`: never makes room for another model. `pinned`: neither is it unloaded for being idle. */
export type Keeps = 'free' | 'preserved' | 'pinned';

/** Everything that is known of one model: whether it is in memory, what it costs to bring it there, who asks for it. */
export type ModelState = {
  readonly tag: string;
  readonly state: 'not_loaded' | 'loading' | 'ready' | 'unloading';
  /** Questions that it is answering, and the most at once. */
  readonly running: number;
  readonly slots: number;
  /** What it takes of the memory, context included. */
  readonly needBytes: number;
  /** Of its file on the disk. */
  readonly fileBytes: number;
  /** Monotonic milliseconds: when it was last loaded, and last used. */
  readonly readyAt: number;
  readonly lastUsedAt: number;
  /** Loaded by another client: used, but never unloaded only for being idle. */
  readonly foreign: boolean;
  /** Another client has loaded it while we looked on, or lately used it: only who waits for a model takes its place. */
  readonly isOthers: boolean;
  readonly keeps: Keeps;
  /** When Ollama unloads it (milliseconds since 1970): old while it answers; null: never. Left out: not known. */
  readonly expiresAt?: number | null;
  /** Its load failed: it is left alone until then (monotonic milliseconds). */
  readonly restsUntil: number;
  /** Learned length of a load from the disk, and of one whose file is in the page cache. */
  readonly coldLoadMs: number;
  readonly warmLoadMs: number;
  /** Learned length of an answer, alone on the GPU. */
  readonly serviceMs: number;
  /** Questions a millisecond, of late. */
  readonly arrivalRate: number;
};

/** A load that is decided, and waits until its victims have finished what they are due. */
export type Plan = {
  readonly model: string;
  readonly evict: readonly string[];
  /** Asked for by a person: its victims begin nothing more. */
  readonly isOrder: boolean;
};

/**
 * A load that would be good to have while nothing else is to do, the most wanted first. Nothing that another client
 * uses leaves for it, and nothing at all where people are asked first.
 */
export type Wish = {
  readonly model: string;
  /** Whether models that nobody wants may leave the memory for it. */
  readonly mayEvict: boolean;
  /** Whether it is tried where nobody knows if it fits beside the others: they may have to leave then. */
  readonly mayTry?: boolean;
};

/**
 * What was seen of a memory whose size is not known. A load beside others takes what they have and, by the headroom
 * that Ollama leaves, more than its own: with so much in all nobody had to leave, or somebody had.
 */
export type RoomSeen = {
  readonly heldBytes: number;
  readonly refusedBytes: number;
  readonly headroom: number;
};

export type Eviction = 'auto' | 'lru' | 'largest-first' | 'immediate';

/** Everything that a decision needs to know of one Ollama. Plain data. */
export type HostState = {
  readonly host: string;
  readonly reachable: boolean;
  /** Every model that is in memory, or that is known otherwise. */
  readonly models: readonly ModelState[];
  /** In order of eligibility. */
  readonly waiting: readonly WaitingJob[];
  /**
   * What the models may fill together. Beside others a model is only loaded where `headroom` of what is free holds
   * it: above that Ollama evicts by itself (server/sched.go). Undefined: not known; then a load runs alone, and
   * `roomSeen` says what is known.
   */
  readonly memory: { readonly totalBytes: number; readonly headroom: number } | undefined;
  readonly roomSeen: RoomSeen;
  readonly maxModels: number;
  readonly eviction: Eviction;
  readonly unloadIdle: boolean;
  /** Nothing leaves the memory for a question whose person did not agree. */
  readonly asksFirst: boolean;
  readonly plan: Plan | undefined;
  /** A model that a person wants now, whoever waits. */
  readonly order: string | undefined;
  readonly wishes: readonly Wish[];
  /** Models that more questions are expected for: with `unloadIdle`, they stay for those. */
  readonly awaited: readonly string[];
  /** Models that are to leave: they begin nothing more. */
  readonly leaving: readonly string[];
  /** What the operating system keeps of the models' files. */
  readonly pageCache: {
    /** What it has room for; 0: nothing is to be read ahead. */
    readonly bytes: number;
    /** The last read first. A file of several tags stands here for each of them, its bytes with the first. */
    readonly files: readonly { readonly tag: string; readonly bytes: number }[];
    /** A file that is being read into it, and when that ends (monotonic milliseconds). */
    readonly staging: { readonly tag: string; readonly endsAt: number } | undefined;
    /** A cold load reads the disk. */
    readonly diskBusy: boolean;
  };
};

export type Action =
  | { readonly type: 'start'; readonly job: string; readonly model: string }
  /** Unload `evict`, wait until they are gone, load `model`. Any plan is done with. */
  | { readonly type: 'load'; readonly model: string; readonly evict: readonly string[] }
  | { readonly type: 'unload'; readonly model: string }
  /** Remember this plan, or that there is none any more. */
  | { readonly type: 'plan'; readonly plan: Plan | undefined }
  /** Read the model's file into the page cache. */
  | { readonly type: 'stage'; readonly model: string }
  /** Ask the job's person whether `evict` may leave the memory; with none, nothing is asked any more. */
  | { readonly type: 'ask'; readonly job: string; readonly evict: readonly string[] }
  /** Decide again at this moment even if nothing happens. Monotonic milliseconds. */
  | { readonly type: 'wake'; readonly at: number };
