import type { Trace, TraceModel, TraceRequest } from '../../../bench/scheduler/trace.ts';

type Asked = Partial<Omit<TraceRequest, 'chat'>> & { readonly chat?: string };
type Machine = Partial<Omit<Trace, 'models' | 'requests'>> & {
  readonly models?: readonly Partial<TraceModel>[];
};

/** Models of 10 GB that load in 10 s, or 1 s; memory for one. An answer takes 1 s and then 4, in a chat of its own. */
export function traceOf(requests: readonly Asked[], { models = [{}, {}], ...memory }: Machine = {}): Trace {
  return {
    vramGb: 10,
    ramGb: 0,
    ...memory,
    models: models.map((model, at) => ({
      name: `model ${at}`,
      gb: 10,
      coldSeconds: 10,
      warmSeconds: 1,
      prefillSeconds: 1,
      tokensPerSecond: 10,
      parallel: 1,
      ...model,
    })),
    requests: requests.map((request, at) => ({
      atSeconds: 0,
      model: 0,
      chat: `chat of ${at}`,
      tokens: 40,
      ...request,
    })),
  };
}
