import type { Clock } from '../../../src/ports/clock.ts';

type Question = {
  readonly id: string;
  readonly chat: number;
  readonly model: string;
  readonly isBackground: boolean;
  /** When everything before it in its chat had ended. */
  eligibleAt: number | undefined;
  isAsked: boolean;
  isPromoted: boolean;
  isKept: boolean;
  isGone: boolean;
};

type Surroundings = {
  readonly clock: Clock;
  readonly wrong: (what: string) => void;
  /** Another model answers where it is not. */
  readonly isSteady: (tag: string) => boolean;
};

/** What must hold of every question, from its coming to its end. */
export function createJobChecks({ clock, wrong, isSteady }: Surroundings) {
  const questions = new Map<string, Question>();
  const chats = new Map<number, Question[]>();

  function setHead(chat: number): void {
    const head = chats.get(chat)?.find(({ isGone }) => !isGone);
    if (head) head.eligibleAt ??= clock.now();
  }

  function find(id: string): Question {
    const question = questions.get(id);
    if (!question) throw new Error(`Nobody asked ${id}.`);
    return question;
  }

  return {
    onAdded({
      id,
      chat,
      model,
      isBackground,
    }: Pick<Question, 'id' | 'chat' | 'model' | 'isBackground'>): void {
      const states = { isAsked: false, isPromoted: false, isKept: false, isGone: false };
      const question = { id, chat, model, isBackground, eligibleAt: undefined, ...states };
      questions.set(id, question);
      chats.set(chat, [...(chats.get(chat) ?? []), question]);
      setHead(chat);
    },

    onPromote(id: string, isRunning: boolean): void {
      const { isKept, isGone } = find(id);
      if (isRunning && !isKept) wrong(`${id} is begun while it runs`);
      if (isGone && !isKept) wrong(`${id} is begun though it has ended`);
    },

    onAsk(id: string, tag: string): void {
      const question = find(id);
      const { chat, model, isAsked, isKept, isGone } = question;
      if (tag !== model && isSteady(model)) wrong(`${id} asks ${tag} instead of ${model}`);
      if (isAsked) wrong(`${id} asks twice at once`);
      if (isKept || isGone) wrong(`${id} asks though it has ended`);
      const before = chats.get(chat)?.find((other) => !other.isKept && !other.isGone);
      if (before !== question) wrong(`${id} asks before ${before?.id}`);
      question.isAsked = true;
    },

    onAnswered(id: string): void {
      find(id).isAsked = false;
    },

    onKept(id: string): void {
      if (find(id).isKept) wrong(`${id} ends twice`);
      find(id).isKept = true;
    },

    onGone(id: string): void {
      const question = find(id);
      if (question.isGone) wrong(`${id} leaves twice`);
      question.isGone = true;
      setHead(question.chat);
    },

    all: (): readonly Question[] => [...questions.values()],
    open: (): readonly Question[] =>
      [...questions.values()].filter(({ isGone, isKept }) => !isGone || !isKept),
  };
}

export type JobChecks = ReturnType<typeof createJobChecks>;
