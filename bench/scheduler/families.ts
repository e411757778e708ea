import { seeded } from '../../demo/ollama/seeded.ts';
import { type Mood, poissonArrivals } from './poisson.ts';
import { sessionArrivals } from './sessions.ts';
import { answerTokens, exponential, type FamilyModel, familyModel, pick } from './shape.ts';
import type { Trace, TraceRequest } from './trace.ts';

const EVENING_SECONDS = 7_200;
const VRAM_GB = 20;
/** In percent of the GPU's time. */
const LOADS = [40, 70, 90, 110];
const POPULARITY = [0.6, 0.3, 0.1];
const CALM: Mood = { rate: 0.4, popularity: POPULARITY };

type MakeTrace = (seed: number) => Trace;

/** Three models alike: VRAM holds one of 14 GB, or two of 8. */
function three(gb: number, { isFast = false, parallel = 1 } = {}): readonly FamilyModel[] {
  const model = (name: string, coldSeconds: number, tokensPerSecond: number) =>
    familyModel(
      { name, gb, coldSeconds: isFast ? 1.5 : coldSeconds, warmSeconds: 1.5, tokensPerSecond, parallel },
      320,
    );
  return [model('A', 25, 40), model('B', 30, 40), model('C', 40, 30)];
}

function toTrace(models: readonly FamilyModel[], requests: readonly TraceRequest[], memory = {}): Trace {
  return { vramGb: VRAM_GB, ramGb: 0, ...memory, models: models.map(({ model }) => model), requests };
}

/** The same three models at growing load. */
function sweep(name: string, models: readonly FamilyModel[], ramGb = 0): Readonly<Record<string, MakeTrace>> {
  const at =
    (percent: number): MakeTrace =>
    (seed) => {
      const utilization = percent / 100;
      const shape = { models, popularity: POPULARITY, utilization, seconds: EVENING_SECONDS };
      return toTrace(models, poissonArrivals({ ...shape, seed: seed + percent * 100 }), { ramGb });
    };
  return Object.fromEntries(LOADS.map((percent) => [`${name}-${percent}`, at(percent)]));
}

/** Two models, asked in turn. */
const alternating: MakeTrace = (seed) => {
  const models = three(14).slice(0, 2);
  const random = seeded(seed);
  const requests: TraceRequest[] = [];
  for (let at = 0, atSeconds = 0; atSeconds < EVENING_SECONDS; at += 1) {
    atSeconds = at * 14 + random() * 7;
    const model = models[at % 2];
    if (model)
      requests.push({ atSeconds, model: at % 2, chat: at % 60, tokens: answerTokens(random, model, 2_400) });
  }
  return toTrace(models, requests);
};

/** Calm, and bursts that are mostly about one model. */
const bursty: MakeTrace = (seed) => {
  const models = three(14, { parallel: 2 });
  const seconds = 2 * EVENING_SECONDS;
  const random = seeded(seed + 555);
  const spells: { readonly untilSeconds: number; readonly mood: Mood }[] = [];
  for (let untilSeconds = 0, isBurst = false; untilSeconds < seconds; isBurst = !isBurst) {
    untilSeconds += exponential(random) * (isBurst ? 240 : 720);
    const subject = pick(random, [1, 1, 1]);
    const popularity = POPULARITY.map((share, model) => (model === subject ? share + 1 : share));
    spells.push({ untilSeconds, mood: isBurst ? { rate: 2.5, popularity } : CALM });
  }
  const moodAt = (at: number) => spells.find(({ untilSeconds }) => at < untilSeconds)?.mood ?? CALM;
  const shape = { models, popularity: POPULARITY, utilization: 0.75, seconds };
  return toTrace(models, poissonArrivals({ ...shape, seed, moodAt }));
};

/** Six models of different sizes, of which VRAM holds two. */
const zipf: MakeTrace = (seed) => {
  const models = [8, 12, 5, 16, 6, 10].map((gb, at) => {
    const speed = { coldSeconds: 10 + gb * 2, warmSeconds: 1 + gb / 10, tokensPerSecond: 60 - gb * 2 };
    return familyModel({ name: `M${at}`, gb, ...speed }, 300);
  });
  const popularity = models.map((_, at) => 1 / (at + 1));
  const shape = { models, popularity, utilization: 0.7, seconds: EVENING_SECONDS };
  return toTrace(models, poissonArrivals({ ...shape, seed }), { vramGb: 24, ramGb: 32 });
};

/** A heavy model for code among short messages. */
const coder: MakeTrace = (seed) => {
  const models = [
    familyModel({ name: 'chat', gb: 12, coldSeconds: 22, warmSeconds: 1.5, tokensPerSecond: 50 }, 120),
    familyModel({ name: 'coder', gb: 16, coldSeconds: 35, warmSeconds: 2, tokensPerSecond: 30 }, 1_100, 0.5),
  ];
  const shape = { models, popularity: [0.88, 0.12], utilization: 0.65, seconds: EVENING_SECONDS };
  return toTrace(models, poissonArrivals({ ...shape, seed }));
};

/** One model alone asks for 105 % of the GPU. */
const hog: MakeTrace = (seed) => {
  const models = three(14).slice(0, 2);
  const shape = { models, popularity: [0.9, 0.1], utilization: 1.17, seconds: EVENING_SECONDS };
  return toTrace(models, poissonArrivals({ ...shape, seed }));
};

const light: MakeTrace = (seed) => {
  const models = three(14);
  const shape = { models, popularity: POPULARITY, utilization: 0.12, seconds: 2 * EVENING_SECONDS };
  return toTrace(models, poissonArrivals({ ...shape, seed }));
};

function sessions(models: readonly FamilyModel[], utilization: number): MakeTrace {
  const shape = { models, popularity: POPULARITY, utilization, seconds: EVENING_SECONDS };
  return (seed) => toTrace(models, sessionArrivals({ ...shape, seed }));
}

const FAMILIES: Readonly<Record<string, MakeTrace>> = {
  T1: alternating,
  ...sweep('T2', three(14)),
  ...sweep('T3', three(8)),
  T4: bursty,
  T5: zipf,
  T6: coder,
  ...sweep('T7', three(14, { isFast: true })),
  // The page cache holds two of the three files.
  ...sweep('T8', three(14), 32),
  HOG: hog,
  LIGHT: light,
  S1: sessions(three(14), 0.35),
  S2: sessions(three(8), 0.5),
};

export const FAMILY_NAMES: readonly string[] = Object.keys(FAMILIES);

/** Every figure of a family is the median over these. */
export const SEEDS: readonly number[] = Array.from({ length: 20 }, (_, at) => at + 1);

/** Always the same for a seed. */
export function makeTrace(family: string, seed: number): Trace {
  const make = FAMILIES[family];
  if (!make) throw new Error(`There is no family ${family}.`);
  return make(seed);
}
