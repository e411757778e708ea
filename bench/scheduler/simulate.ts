import { createChats } from './chats.ts';
import { createMachine } from './machine.ts';
import type { Answered, Model, Move, Question } from './machine-state.ts';
import type { OpenPolicy } from './policy.ts';
import type { Trace } from './trace.ts';

/** A policy that does not get on is stopped after so many moments for each question. */
const MOST_MOMENTS = 100_000;

export type Played = {
  readonly answered: readonly Answered[];
  readonly loads: readonly Move[];
  readonly evictions: readonly Move[];
};

/** Plays a trace until the last answer has ended. Throws where the policy leaves questions for ever. */
export function simulate(trace: Trace, open: OpenPolicy): Played {
  const machine = createMachine(trace);
  const chats = createChats(questionsOf(trace, machine.models));
  const policy = open(machine, trace);
  const answered: Answered[] = [];
  const offer = (question: Question) => {
    const job = { ...question, eligibleAt: machine.now };
    machine.offer(job);
    policy.arrived?.(job);
  };

  for (let moment = 0; answered.length < trace.requests.length; moment += 1) {
    const at = Math.min(chats.nextAt(), machine.nextAt());
    if (at === Number.POSITIVE_INFINITY || moment > MOST_MOMENTS * trace.requests.length)
      throw new Error(`Questions are left for ever at ${machine.now} ms.`);
    const { ended, loaded } = machine.advance(at);
    for (const job of ended) {
      answered.push(job);
      policy.answered?.(job);
      const next = chats.end(job, at);
      if (next) offer(next);
    }
    if (loaded) policy.loaded?.(loaded);
    for (const question of chats.take(at)) offer(question);
    policy.act();
  }
  return { answered, loads: machine.loads, evictions: machine.evictions };
}

function questionsOf({ models, requests }: Trace, onMachine: readonly Model[]): readonly Question[] {
  const questions = requests.flatMap((request, at): readonly Question[] => {
    const model = onMachine[request.model];
    const speed = models[request.model];
    if (!model || !speed) throw new Error(`There is no model ${request.model}.`);
    const prefillMs = speed.prefillSeconds * 1_000;
    return [
      {
        id: String(at),
        model,
        chat: request.chat,
        askedAt: request.atSeconds * 1_000,
        thinkMs: (request.thinkSeconds ?? 0) * 1_000,
        prefillMs,
        workMs: prefillMs + (request.tokens / speed.tokensPerSecond) * 1_000,
      },
    ];
  });
  return questions.toSorted((one, other) => one.askedAt - other.askedAt);
}
