/** What a question waits for. `ahead` counts the jobs that go first. */
export type Progress =
  | {
      readonly stage: 'queued';
      /** `retry`: after an error it is tried again in a moment. `pictures`: they are being fetched. */
      readonly waitsFor: 'turn' | 'chat' | 'model' | 'ollama' | 'retry' | 'pictures';
      readonly ahead: number;
      /** The model that will answer, where it is known. */
      readonly model?: string;
    }
  | { readonly stage: 'unloading'; readonly model: string; readonly unloading: readonly string[] }
  | { readonly stage: 'loading'; readonly model: string; readonly forSeconds: number }
  | { readonly stage: 'generating'; readonly model: string };
