import { type Counts, countFaults, type Fault } from './judge.ts';
import { type BotMessage, findWholes, isHead } from './telegram-answer.ts';
import { findExcused, findOwners, type OwnerOf } from './telegram-excuses.ts';
import { judgeTelegramRequests } from './telegram-requests.ts';
import { type Asked, type Kept, type Place, type TelegramSeen, textsOf } from './telegram-seen.ts';

const CARD = '⏳';
const STOP = '⏹ Stop';
const ANSWER_EDITED = '↻ Answer the edited question';

export type TelegramVerdict = {
  readonly faults: readonly Fault[];
  readonly counts: Counts;
  /**
   * Messages too many that a kill, or a cut connection, between their acceptance and our note explains: their
   * sending was the last that the killed process did for its answer, so at most one for each answer and kill.
   */
  readonly extra: { readonly cards: number; readonly parts: number };
  /** Edits that came too late and were not offered: the process that confirmed them was killed before. */
  readonly unoffered: number;
};

/** Whether every question has exactly one complete answer in its place, in order, and nothing else is left. */
export function judgeTelegram(seen: TelegramSeen): TelegramVerdict {
  const ownerOf = findOwners(seen);
  const excused = findExcused(seen, ownerOf);
  const faults: Fault[] = [];
  const kept: Kept[] = [];
  for (const place of seen.places) {
    const there = seen.messages.filter((message) => !message.deleted && isAt(message, place));
    const answers = place.questions.flatMap((asked) => {
      const answer = pick(asked, there, excused);
      if (!answer) faults.push(explain(asked, there));
      return answer ?? [];
    });
    faults.push(
      ...answers.flatMap((answer) => judgeAnswer(answer, place, seen.lives)),
      ...judgeOrder(answers),
    );
    kept.push(...answers);
  }
  const answering = new Set(kept.flatMap(({ whole }) => whole));
  const extra = seen.messages.filter((message) => !message.deleted && !answering.has(message));
  faults.push(...extra.flatMap((message) => (excused.has(message) ? [] : tooMany(message, ownerOf))));
  faults.push(...judgeTelegramRequests(seen, kept), ...judgeLeft(seen));
  const allowed = extra.filter((message) => excused.has(message));
  const unoffered = kept.filter((answer) => !isEditMet(answer) && isEditExcused(answer, seen.lives)).length;
  const cards = allowed.filter((message) => newest(message).text.startsWith(CARD)).length;
  return { faults, counts: countFaults(faults), extra: { cards, parts: allowed.length - cards }, unoffered };
}

/** Of several complete answers, the one that leaves the fewest messages behind that nothing excuses. */
function pick(
  asked: Asked,
  there: readonly BotMessage[],
  excused: ReadonlySet<BotMessage>,
): Kept | undefined {
  const found = textsOf(asked).flatMap((text) =>
    findWholes(there, text).map((whole) => {
      const others = there.filter((message) => isHead(message, text) && !whole.includes(message));
      const parts = there.filter(({ replyTo }) => replyTo === whole[0]?.id);
      const left = [...others, ...parts].filter((one) => !whole.includes(one) && !excused.has(one));
      return { asked, text, whole, left: left.length };
    }),
  );
  return found.toSorted((one, other) => one.left - other.left)[0];
}

function explain(asked: Asked, there: readonly BotMessage[]): Fault {
  const heads = there.filter((message) => textsOf(asked).some((text) => isHead(message, text)));
  const [head] = heads;
  if (!head) return { kind: 'lost', what: `“${asked.text}” has no answer` };
  return { kind: 'incomplete', what: `“${asked.text}” ends with “${newest(head).text.slice(-80)}”` };
}

function judgeAnswer(answer: Kept, { isGroup }: Place, lives: number): readonly Fault[] {
  const { asked, text, whole } = answer;
  const [head] = whole;
  const faults: Fault[] = [];
  if (isGroup && head?.replyTo !== asked.message) {
    faults.push({ kind: 'mixed', what: `the answer to “${text}” replies to ${head?.replyTo}` });
  }
  const labels = whole.flatMap((part) => newest(part).buttons.map(({ label }) => label));
  if (labels.includes(STOP)) faults.push({ kind: 'left over', what: `“${text}” can still be stopped` });
  if (!isEditMet(answer) && !isEditExcused(answer, lives)) {
    faults.push({ kind: 'lost', what: `“${asked.edited}” is neither answered nor offered` });
  }
  return faults;
}

function isEditMet({ asked, text, whole }: Kept): boolean {
  if (asked.edited === undefined || text === asked.edited) return true;
  return whole.some((part) => newest(part).buttons.some(({ label }) => label === ANSWER_EDITED));
}

function isEditExcused({ asked }: Kept, lives: number): boolean {
  return asked.editTakenBy !== undefined && asked.editTakenBy < lives;
}

/** Who reads from top to bottom finds the answers in the order of the questions; so does who watched them come. */
function judgeOrder(answers: readonly Kept[]): readonly Fault[] {
  const completedAt = ({ whole }: Kept) => Math.max(...whole.map(({ settledAt }) => settledAt));
  const standsAt = ({ whole }: Kept) => whole[0]?.id ?? 0;
  return answers.flatMap((answer, at) => {
    const earlier = answers.slice(0, at);
    const what = `“${answer.text}” in ${answer.whole[0]?.chat}`;
    const faults: Fault[] = [];
    if (earlier.some((one) => completedAt(one) > completedAt(answer))) {
      faults.push({ kind: 'out of order', what: `${what} was answered before an earlier question` });
    }
    if (earlier.some((one) => standsAt(one) > standsAt(answer))) {
      faults.push({ kind: 'out of order', what: `${what} is answered above an earlier question` });
    }
    return faults;
  });
}

function judgeLeft({ left }: TelegramSeen): readonly Fault[] {
  return Object.entries(left).flatMap(([where, count]) =>
    count === 0 ? [] : [{ kind: 'left over', what: `${where}: ${count}` } as const],
  );
}

function tooMany(message: BotMessage, ownerOf: OwnerOf): readonly Fault[] {
  const { text } = newest(message);
  const what = `message ${message.id} in ${message.chat}: “${text.slice(0, 80)}”`;
  if (ownerOf(message) === undefined) return [{ kind: 'mixed', what: `${what} answers nothing` }];
  return [{ kind: text.startsWith(CARD) ? 'left over' : 'doubled', what }];
}

function isAt({ chat, thread }: BotMessage, place: Place): boolean {
  return chat === place.chat && thread === place.thread;
}

const newest = ({ looks }: BotMessage) => looks.at(-1) ?? { text: '', buttons: [] };
