import { seeded } from '../../demo/ollama/seeded.ts';
import type { PoissonArrivals } from './poisson.ts';
import { answerTokens, exponential, logNormal, meanSeconds, pick, sum } from './shape.ts';
import type { TraceRequest } from './trace.ts';

/** Further turns after the first, before they are cut to whole ones; and about how many that makes in all. */
const FURTHER_TURNS = 4.5;
const MEAN_TURNS = 5;
const MEAN_THINK_SECONDS = 30;
const THINK_SPREAD = 0.8;
const MOST_TOKENS = 2_400;
/** So that the turns of a session keep their order. */
const TURN_SECONDS = 1e-3;

/** People who come, ask one model a few times, and read and think in between. */
export function sessionArrivals(arrivals: Omit<PoissonArrivals, 'moodAt'>): readonly TraceRequest[] {
  const { seed, models, popularity, utilization, seconds } = arrivals;
  const random = seeded(seed * 31 + 5);
  const meanWork = sum(models.map((model, at) => (popularity[at] ?? 0) * meanSeconds(model)));
  const sessionsPerSecond = utilization / MEAN_TURNS / meanWork;
  const requests: TraceRequest[] = [];
  for (let startSeconds = 0, chat = 0; ; chat += 1) {
    startSeconds += exponential(random) / sessionsPerSecond;
    if (startSeconds > seconds) break;
    const model = pick(random, popularity);
    const asked = models[model];
    if (!asked) throw new Error('More weights than models.');
    const turns = 1 + Math.floor(exponential(random) * FURTHER_TURNS);
    for (let turn = 0; turn < turns; turn += 1) {
      const thinkSeconds = turn === 0 ? 0 : logNormal(random, MEAN_THINK_SECONDS, THINK_SPREAD);
      const tokens = answerTokens(random, asked, MOST_TOKENS);
      requests.push({ atSeconds: startSeconds + TURN_SECONDS * turn, model, chat, thinkSeconds, tokens });
    }
  }
  return requests.toSorted((one, other) => one.atSeconds - other.atSeconds);
}
