import type { Clock } from '../../../src/ports/clock.ts';
import { MAX_RETRIES } from './work.ts';

/** One that rests is not told of a failed load: its outcome could not be kept, say. */
const MOST_FAILED_LOADS = MAX_RETRIES + 3;
/** Longer than a pause after trouble with its storage: by then whoever waits is told that its time is over. */
const LATE_MS = 60_000;

type Question = {
  readonly id: string;
  readonly chat: number;
  readonly model: string;
  readonly isBackground: boolean;
  /** As the wall clock has it. */
  readonly deadlineAt: number;
  /** When everything before it in its chat had ended. */
  eligibleAt: number | undefined;
  /** Another model may leave for it. */
  isAgreed: boolean;
  isAsked: boolean;
  /** As the wall clock has it. */
  askedUntil: number;
  failedLoads: number;
  isKept: boolean;
  /** The answers above it in its chat when it was kept. */
  below: readonly Question[];
  isDelivered: boolean;
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
      deadlineAt,
    }: Pick<Question, 'id' | 'chat' | 'model' | 'isBackground' | 'deadlineAt'>): void {
      const states = {
        isAgreed: false,
        isAsked: false,
        askedUntil: 0,
        failedLoads: 0,
        isKept: false,
        below: [],
        isDelivered: false,
        isGone: false,
      };
      const question = { id, chat, model, isBackground, deadlineAt, eligibleAt: undefined, ...states };
      questions.set(id, question);
      chats.set(chat, [...(chats.get(chat) ?? []), question]);
      setHead(chat);
    },

    onPromote(id: string, isRunning: boolean): void {
      const { isKept, isGone } = find(id);
      if (isRunning && !isKept) wrong(`${id} is begun while it runs`);
      if (isGone && !isKept) wrong(`${id} is begun though it has ended`);
    },

    onAgreed(id: string): void {
      find(id).isAgreed = true;
    },

    /** The load of its model has. */
    onFailed(tag: string): void {
      for (const question of questions.values()) {
        const { id, model, eligibleAt, isKept } = question;
        if (model !== tag || eligibleAt === undefined || isKept) continue;
        question.failedLoads += 1;
        if (question.failedLoads > MOST_FAILED_LOADS) wrong(`${id} waits though the load of ${tag} fails`);
      }
    },

    onAsk(id: string, tag: string): void {
      const question = find(id);
      const { chat, model, isAsked, isKept, isGone } = question;
      if (tag !== model && isSteady(model)) wrong(`${id} asks ${tag} instead of ${model}`);
      if (isAsked) wrong(`${id} asks twice at once`);
      if (isKept || isGone) wrong(`${id} asks though it has ended`);
      const before = chats.get(chat)?.find((other) => !other.isGone);
      if (before !== question) wrong(`${id} asks before ${before?.id}`);
      question.isAsked = true;
    },

    onAnswered(id: string): void {
      Object.assign(find(id), { isAsked: false, askedUntil: clock.wall() });
    },

    onKept(id: string): Question {
      const question = find(id);
      const others = chats.get(question.chat) ?? [];
      question.below = others.slice(0, others.indexOf(question)).filter(({ isKept }) => isKept);
      question.isKept = true;
      return question;
    },

    /** Whoever waits is told in time that nobody could answer. */
    look(): void {
      for (const { id, deadlineAt, askedUntil, isAsked, isKept } of questions.values()) {
        const isLate = clock.wall() > Math.max(deadlineAt, askedUntil) + LATE_MS;
        if (isLate && !isAsked && !isKept) wrong(`${id} waits beyond its time`);
      }
    },

    /** Its delivery begins. */
    onDelivered(id: string): void {
      const question = find(id);
      const before = question.below.find(({ isGone }) => !isGone);
      if (before) wrong(`${id} is delivered before ${before.id}`);
      const others = chats.get(question.chat) ?? [];
      const beside = others.find((other) => other !== question && other.isDelivered && !other.isGone);
      if (beside) wrong(`${id} is delivered beside ${beside.id}`);
      question.isDelivered = true;
    },

    onGone(id: string): void {
      const question = find(id);
      question.isGone = true;
      setHead(question.chat);
    },

    all: (): readonly Question[] => [...questions.values()],
    open: (): readonly Question[] =>
      [...questions.values()].filter(({ isGone, isKept }) => !isGone || !isKept),
  };
}

export type JobChecks = ReturnType<typeof createJobChecks>;
