import { type Question, SAME_MOMENT_MS } from './machine-state.ts';

/** Who asks when. The questions of one chat are answered one after the other, whatever the policy. */
export type Chats = {
  /** When the next question is asked, as far as that is known; Infinity: not before an answer ends. */
  nextAt(): number;
  /** The questions that were asked by now and whose turn it is in their chat. Tells each once. */
  take(now: number): readonly Question[];
  /** Its answer has ended. Returns the next one of its chat if that was asked meanwhile. */
  end(question: Question, now: number): Question | undefined;
};

/** `questions` in the order in which they are asked. */
export function createChats(questions: readonly Question[]): Chats {
  const chats = new Map<Question['chat'], Question[]>();
  /** Those that are asked some time after the answer before, the next first. */
  let thinking: readonly Question[] = [];
  let asked = 0;

  /** Asked by now; its turn, if it is alone in its chat. */
  function ask(question: Question): readonly Question[] {
    const chat = chats.get(question.chat) ?? [];
    chats.set(question.chat, chat);
    return chat.push(question) === 1 ? [question] : [];
  }

  const isPast = ({ askedAt }: Question, now: number) => askedAt <= now + SAME_MOMENT_MS;

  return {
    nextAt: () =>
      Math.min(...[questions[asked], thinking[0]].map((one) => one?.askedAt ?? Number.POSITIVE_INFINITY)),

    take(now) {
      const first: Question[] = [];
      for (let next = questions[asked]; next && isPast(next, now); next = questions[asked]) {
        asked += 1;
        first.push(...ask(next));
      }
      if (!thinking[0] || !isPast(thinking[0], now)) return first;
      const thought = thinking.filter((one) => isPast(one, now));
      thinking = thinking.slice(thought.length);
      return [...first, ...thought];
    },

    end({ chat }, now) {
      const rest = chats.get(chat);
      rest?.shift();
      const next = rest?.[0];
      if (!next || next.thinkMs === 0) return next;
      const later = { ...next, askedAt: now + next.thinkMs };
      thinking = [...thinking, later].toSorted((one, other) => one.askedAt - other.askedAt);
      return undefined;
    },
  };
}
