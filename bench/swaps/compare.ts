import { atLeast, atMost, type Report } from '../bench.ts';
import type { Outcome, Played } from './arms.ts';

const AWAY_PERCENT = 25;

/** How the questions of one trace fared. */
type Fared = {
  readonly ostler: Played;
  /** Without anything before it. */
  readonly ollama: Played;
  readonly simulated: { readonly ostler: Outcome; readonly ollama: Outcome };
};

const FIELDS = [
  { field: 'swaps', name: 'swaps', unit: '', isPromised: true },
  { field: 'p95WaitSeconds', name: 'p95 wait', unit: 's', isPromised: true },
  { field: 'meanWaitSeconds', name: 'mean wait', unit: 's', isPromised: false },
] as const;

/** The bot against its simulation, and both against Ollama alone. */
export function compare(family: string, { ostler, ollama, simulated }: Fared): Report {
  const promised = FIELDS.filter(({ isPromised }) => isPromised);
  return {
    targets: [
      ...promised.map(({ field, name }) =>
        atMost(
          `${family}: ${name}, away from the simulated one`,
          awayPercent(ostler[field], simulated.ostler[field]),
          '%',
          AWAY_PERCENT,
        ),
      ),
      atMost(`${family}: questions to a model that is to leave`, ostler.toLeaving, '', 0),
    ],
    figures: [
      ...FIELDS.flatMap(({ field, name, unit }) => [
        { name: `${family}: ${name}`, figure: ostler[field], unit },
        { name: `${family}: ${name}, simulated`, figure: simulated.ostler[field], unit },
        { name: `${family}: ${name}, straight to Ollama`, figure: ollama[field], unit },
        {
          name: `${family}: ${name} against straight to Ollama`,
          figure: ostler[field] / ollama[field],
          unit: 'times',
        },
        {
          name: `${family}: ${name} against Ollama alone, simulated`,
          figure: simulated.ostler[field] / simulated.ollama[field],
          unit: 'times',
        },
      ]),
      { name: `${family}: swaps from the page cache`, figure: ostler.warm, unit: '' },
      { name: `${family}: swaps from the page cache, straight to Ollama`, figure: ollama.warm, unit: '' },
      {
        name: `${family}: questions to a model that is to leave, straight to Ollama`,
        figure: ollama.toLeaving,
        unit: '',
      },
    ],
  };
}

/** Whether Ollama hung as it does; `seconds`: nothing was loaded for so long although somebody waited for it. */
export function judgeHang(
  { family, keepAlive, limitSeconds }: { family: string; keepAlive: string; limitSeconds: number },
  seconds: number,
): Report {
  const name = `${family} straight to Ollama with keep_alive: ${keepAlive}: nothing is loaded for those who wait`;
  return { targets: [atLeast(name, seconds, 's', limitSeconds)], figures: [] };
}

function awayPercent(figure: number, from: number): number {
  return Math.abs(figure / from - 1) * 100;
}
