import { atLeast, atMost, joinReports, type Report } from '../bench.ts';
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
  const compared = FIELDS.map(({ field, name, unit, isPromised }) => {
    const whose = `${family}: ${name}`;
    const ratio = ostler[field] / ollama[field];
    const simulatedRatio = simulated.ostler[field] / simulated.ollama[field];
    const away = (what: string, figure: number, from: number) =>
      atMost(`${whose}${what}, away from the simulated one`, awayPercent(figure, from), '%', AWAY_PERCENT);
    return {
      targets: isPromised
        ? [
            away('', ostler[field], simulated.ostler[field]),
            away(' against straight to Ollama', ratio, simulatedRatio),
          ]
        : [],
      figures: [
        { name: whose, figure: ostler[field], unit },
        { name: `${whose}, simulated`, figure: simulated.ostler[field], unit },
        { name: `${whose}, straight to Ollama`, figure: ollama[field], unit },
        { name: `${whose}, Ollama alone simulated`, figure: simulated.ollama[field], unit },
        { name: `${whose} against straight to Ollama`, figure: ratio, unit: 'times' },
        { name: `${whose} against Ollama alone, simulated`, figure: simulatedRatio, unit: 'times' },
      ],
    };
  });
  const warm = `${family}: swaps from the page cache`;
  const leaving = `${family}: questions to a model that is to leave`;
  const seen: Report = {
    targets: [atMost(leaving, ostler.toLeaving, '', 0)],
    figures: [
      { name: warm, figure: ostler.warm, unit: '' },
      { name: `${warm}, straight to Ollama`, figure: ollama.warm, unit: '' },
      { name: `${leaving}, straight to Ollama`, figure: ollama.toLeaving, unit: '' },
    ],
  };
  return joinReports([...compared, seen]);
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
