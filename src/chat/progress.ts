/** How long something takes in all: most likely, and nine times out of ten at most. Whole seconds. */
export type EstimatedSeconds = {
  readonly aboutSeconds: number;
  readonly upToSeconds: number;
  /** `measured`: it took so long before. `guessed`: at least a part of it was never done before. */
  readonly basis: 'measured' | 'guessed';
};

/** A model on its way into the memory. Ollama tells nothing of it: the share is what the estimate makes of the time. */
export type LoadProgress = {
  /** `initializing`: Ollama lists it already, and does not answer yet. */
  readonly stage: 'loading' | 'initializing';
  readonly model: string;
  /** Since the load began. */
  readonly forSeconds: number;
  readonly estimate?: EstimatedSeconds;
  /** 0–0.9: nothing is as good as loaded before it is. Only with an estimate. */
  readonly share?: number;
};

/** What a load takes; 0: not known. */
export type LoadCost = { readonly needBytes: number; readonly aboutSeconds: number };

/** What is put to a person before another model leaves the memory for their question. */
export type UnloadQuestion = LoadCost & {
  /** The same for the same models only: who answers says what they were asked. */
  readonly id: string;
  readonly unloads: readonly string[];
  /** A model in memory that could answer instead. */
  readonly resident: string;
};

/** `switch`: they may leave; `resident`: the model that is in memory answers instead. `question`: by its id. */
export type UnloadAnswer = { readonly choice: 'switch' | 'resident'; readonly question: string };

/** Models that make room for no other one take it, and leave by themselves. */
export type KeptRoom = {
  readonly by: readonly string[];
  /** Until all have, if nobody asks them; left out: not known. */
  readonly aboutSeconds?: number;
};

/** What a question or an ordered load waits for. `ahead` counts the jobs that go first. */
export type Progress =
  | {
      readonly stage: 'queued';
      /**
       * `retry`: after an error it is tried again in a moment. `pictures`: they are being fetched. `order`: loads that
       * were ordered earlier, which `ahead` counts then. `room`: what `kept` says.
       */
      readonly waitsFor: 'turn' | 'chat' | 'model' | 'ollama' | 'retry' | 'pictures' | 'order' | 'room';
      readonly ahead: number;
      /** The model that will answer, where it is known. */
      readonly model?: string;
      /** Until its model turns to it, as things stand; only where that can be said. */
      readonly estimate?: EstimatedSeconds;
      readonly kept?: KeptRoom;
    }
  | {
      readonly stage: 'checking_memory';
      readonly model: string;
      /** Its person is asked whether these may leave the memory for it. */
      readonly asks?: UnloadQuestion;
    }
  | {
      readonly stage: 'unloading';
      readonly model: string;
      readonly unloading: readonly string[];
      /** How many of them are gone, 0–1. */
      readonly share: number;
    }
  | LoadProgress
  | { readonly stage: 'generating'; readonly model: string };

/** What its person is asked, if anything. */
export function asksOf(progress: Progress): UnloadQuestion | undefined {
  return progress.stage === 'checking_memory' ? progress.asks : undefined;
}
