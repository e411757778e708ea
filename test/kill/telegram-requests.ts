import type { Fault } from './judge.ts';
import { questionIn, telegramAnswerTo } from './telegram-questions.ts';
import { type Asked, type Kept, type Place, type TelegramSeen, textsOf } from './telegram-seen.ts';

/** A question reaches Ollama with exactly its own place's earlier exchanges, and not after its end. */
export function judgeTelegramRequests(
  { places, requests, kills }: TelegramSeen,
  kept: readonly Kept[],
): readonly Fault[] {
  const faults: Fault[] = [];
  const answered = new Map(kept.map(({ asked, text }) => [asked, text]));
  const times = new Map<Asked, number>();
  const latest = new Map<Place, number>();
  for (const { messages } of requests) {
    const text = questionIn(messages.at(-1)?.content ?? '');
    const place = places.find(({ questions }) => questions.some((asked) => textsOf(asked).includes(text)));
    const at = place?.questions.findIndex((asked) => textsOf(asked).includes(text)) ?? -1;
    const asked = place?.questions[at];
    if (!place || !asked) {
      faults.push({ kind: 'mixed', what: `nobody asked “${messages.at(-1)?.content}”` });
      continue;
    }
    const earlier = place.questions.slice(0, at).map((one) => answered.get(one) ?? one.text);
    const expected = earlier.flatMap((one) => [one, telegramAnswerTo(one)]);
    const sent = messages
      .slice(0, -1)
      .map(({ role, content }) => (role === 'user' ? questionIn(content) : content));
    if (JSON.stringify(sent) !== JSON.stringify(expected)) {
      faults.push({ kind: 'mixed', what: `“${text}” was sent with the history ${JSON.stringify(sent)}` });
    }
    if (at < (latest.get(place) ?? 0))
      faults.push({ kind: 'out of order', what: `“${text}” was asked late` });
    latest.set(place, at);
    times.set(asked, (times.get(asked) ?? 0) + 1);
  }
  for (const [{ text }, count] of times) {
    if (count > kills + 1) faults.push({ kind: 'doubled', what: `“${text}” was asked ${count} times` });
  }
  return faults;
}
