import { setTimeout as pause } from 'node:timers/promises';
import type { TraceRequest } from '../scheduler/trace.ts';
import { type Question, type Setting, toQuestion } from './machine.ts';

/** Who is asked. */
export type Asked = {
  /** Answers a chat's questions one after the other by itself. */
  readonly keepsOrder: boolean;
  /** Resolves once the answer has ended: with the moment of its first token, on the clock of `performance`. */
  ask(question: Question): Promise<number>;
};

type Before = { readonly end: Promise<unknown>; isOver: boolean };

/** Asks every question of a trace when it is due. Resolves to the simulated seconds until each first token. */
export async function play(
  { trace, speed }: Setting,
  asked: Asked,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const beganMs = performance.now();
  const lasts = new Map<Question['chat'], Before>();
  const wait = (ms: number) => pause(ms, undefined, signal && { signal });

  async function one(request: TraceRequest, question: Question, before: Before | undefined) {
    const { atSeconds, thinkSeconds = 0 } = request;
    let askedAtMs = beganMs + (atSeconds * 1_000) / speed;
    await wait(Math.max(0, askedAtMs - performance.now()));
    if (before && !before.isOver && (thinkSeconds > 0 || !asked.keepsOrder)) {
      await before.end;
      await wait((thinkSeconds * 1_000) / speed);
      if (thinkSeconds > 0) askedAtMs = performance.now();
    }
    return (((await asked.ask(question)) - askedAtMs) * speed) / 1_000;
  }

  const waits = trace.requests.map((request, at) => {
    const question = toQuestion(trace, request, at);
    const end = one(request, question, lasts.get(question.chat));
    const last: Before = { end, isOver: false };
    lasts.set(question.chat, last);
    const onEnd = () => {
      last.isOver = true;
    };
    end.then(onEnd, onEnd);
    return end;
  });
  return Promise.all(waits);
}
