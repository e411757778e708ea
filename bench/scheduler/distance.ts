import { atMost, joinReports, type Report } from '../bench.ts';
import { median } from '../statistics.ts';
import { leastMeanWaitSeconds } from './clairvoyant.ts';
import { makeTrace, SEEDS } from './families.ts';
import { ostler } from './ostler.ts';
import { simulate } from './simulate.ts';

/** Families whose memory holds one model: there the optimum can be computed. */
const FAMILIES = ['T1', 'T2-40', 'T2-70', 'T2-90', 'T6', 'T7-40', 'T7-70', 'T7-90'];
const TIMES = 1.5;
/** Of each trace: the search for the optimum grows much faster than the trace. */
const REQUESTS = 200;

/**
 * How far the mean wait is from that of a clairvoyant who knows every question in advance, but begins no load before
 * a question for its model has come. Median of the ratios of all seeds.
 */
export function measureDistance(say: (line: string) => void): Report {
  say(`The clairvoyant on the first ${REQUESTS} questions`);
  const reports = FAMILIES.map((family): Report => {
    const distances = SEEDS.map((seed) => distanceOf(family, seed, REQUESTS));
    const name = `${family}: mean wait against the clairvoyant`;
    const figure = median(distances.map(({ ofAll }) => ofAll));
    return {
      targets: [atMost(name, median(distances.map(({ ofAsked }) => ofAsked)), 'times', TIMES)],
      figures: [{ name: `${name} who also loads before anybody asks`, figure, unit: 'times' }],
    };
  });
  return joinReports(reports);
}

/** As times of the best schedule that loads only what was asked for, and of the best of all. */
export function distanceOf(family: string, seed: number, requests: number) {
  const whole = makeTrace(family, seed);
  // Every question in a chat of its own: the clairvoyant has no chats.
  const first = whole.requests.slice(0, requests).map((request, chat) => ({ ...request, chat }));
  const trace = { ...whole, requests: first };
  const { answered } = simulate(trace, ostler);
  const waitedMs = answered.reduce((sum, { startedAt, askedAt }) => sum + startedAt - askedAt, 0);
  const knownMeanSeconds = waitedMs / 1_000 / answered.length;
  const timesOf = (preloads: boolean) =>
    knownMeanSeconds / leastMeanWaitSeconds(trace, { knownMeanSeconds, preloads });
  return { ofAsked: timesOf(false), ofAll: timesOf(true) };
}
