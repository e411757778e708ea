import { type Random, seeded } from '../../demo/ollama/seeded.ts';
import { answerTokens, exponential, type FamilyModel, indexAt, meanSeconds, pick, sum } from './shape.ts';
import type { TraceRequest } from './trace.ts';

const CHATS = 60;
/** The share of a chat's questions that go to its favourite model. */
const LOYALTY = 0.9;
/** No answer takes longer. */
const MOST_SECONDS = 60;
/** Arrivals are drawn at so many times the mean rate, and thinned out to what the mood of the moment is. */
const MOST_RATE = 4;

/** How the questions of a moment differ from the mean: how many there are, and for which models. */
export type Mood = { readonly rate: number; readonly popularity: readonly number[] };

/** Questions that come at random, from chats with favourites. */
export type PoissonArrivals = {
  readonly seed: number;
  readonly models: readonly FamilyModel[];
  readonly popularity: readonly number[];
  /** The share of the GPU's time that the answers take, alone. */
  readonly utilization: number;
  readonly seconds: number;
  readonly moodAt?: (atSeconds: number) => Mood;
};

export function poissonArrivals(arrivals: PoissonArrivals): readonly TraceRequest[] {
  const { seed, models, popularity, utilization, seconds } = arrivals;
  const random = seeded(seed * 7_919 + 13);
  const moodAt = arrivals.moodAt ?? (() => ({ rate: 1, popularity }));
  const rate = utilization / sum(models.map((model, at) => shareOf(at, popularity) * meanSeconds(model)));
  const chatOf = pickChats(random, popularity);
  const requests: TraceRequest[] = [];
  for (let atSeconds = 0; ; ) {
    atSeconds += exponential(random) / (rate * MOST_RATE);
    if (atSeconds > seconds) return requests;
    const mood = moodAt(atSeconds);
    if (random() * MOST_RATE > mood.rate) continue;
    const model = pick(random, mood.popularity);
    const chat = chatOf(model);
    const asked = models[model];
    if (!asked) throw new Error('More weights than models.');
    const tokens = answerTokens(random, asked, asked.model.tokensPerSecond * MOST_SECONDS);
    requests.push({ atSeconds, model, chat, tokens });
  }
}

const shareOf = (at: number, weights: readonly number[]): number => (weights[at] ?? 0) / sum(weights);

function pickChats(random: Random, popularity: readonly number[]): (model: number) => number {
  const favourites = Array.from({ length: CHATS }, (_, chat) =>
    indexAt(((chat + 0.5) / CHATS) * sum(popularity), popularity),
  );
  const fans = popularity.map((_, model) =>
    favourites.flatMap((favourite, chat) => (favourite === model ? [chat] : [])),
  );
  return (model) => {
    const own = fans[model] ?? [];
    const isOwn = own.length > 0 && random() < LOYALTY;
    const among = isOwn ? own.length : CHATS;
    const at = Math.floor(random() * among);
    return isOwn ? (own[at] ?? 0) : at;
  };
}
