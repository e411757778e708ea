import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Counts, Fault } from '../test/kill/judge.ts';
import { playRound } from '../test/kill/round.ts';
import { playTelegramRound } from '../test/kill/telegram-round.ts';
import { atLeast, atMost, BadOption, joinReports, type Report, type RunBench } from './bench.ts';

const FOLDER = join(import.meta.dirname, 'results');
const FILE = join(FOLDER, 'kills.jsonl');
const KILLS_PER_ROUND = 5;
const FAULTS_PER_ROUND = 4;
const QUEUES = ['sqlite', 'redis'] as const;
const FRONTS = ['web', 'telegram'] as const;
type Queue = (typeof QUEUES)[number];
type Front = (typeof FRONTS)[number];

/** One line of the file. */
type Recorded = {
  readonly date: string;
  readonly queue: Queue;
  /** Lines from before there was another one have none: `web`, the one that the page and the terminal use. */
  readonly front?: Front;
  readonly seed: number;
  readonly kills: number;
  readonly questions: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** Incomplete or mixed answers, and what was left over. */
  readonly otherFaults: number;
  /** Outcomes that were told once more after a kill; on Telegram messages too many after a kill or a cut connection. */
  readonly repeated: number;
  readonly seconds: number;
};

type Played = {
  readonly faults: readonly Fault[];
  readonly counts: Counts;
  readonly kills: number;
  readonly questions: number;
  readonly repeated: number;
  readonly seconds: number;
};

/** Plays rounds until the file holds as many kills as were asked for, of each queue and front. */
export const run: RunBench = async (values, say) => {
  const wanted = Number(values.kills);
  if (!Number.isInteger(wanted) || wanted < 1) throw new BadOption('--kills takes a whole number.');
  const queues = only(QUEUES, values.queue, 'queue');
  const fronts = only(FRONTS, values.front, 'front');
  const reports: Report[] = [];
  for (const front of fronts) {
    for (const queue of queues) reports.push(await reach(wanted, { queue, front }, say));
  }
  return joinReports(reports);
};

function only<T extends string>(all: readonly T[], wanted: unknown, name: string): readonly T[] {
  const found = all.filter((one) => wanted === undefined || wanted === one);
  if (found.length === 0) throw new BadOption(`--${name} takes ${all.join(' or ')}.`);
  return found;
}

type Which = { readonly queue: Queue; readonly front: Front };

async function reach(wanted: number, which: Which, say: (line: string) => void): Promise<Report> {
  const { queue, front } = which;
  const name = `${front}, ${queue}`;
  const recorded = (await readRecorded()).filter(
    (line) => line.queue === queue && (line.front ?? 'web') === front,
  );
  const sum = (of: (line: Recorded) => number) => recorded.reduce((total, line) => total + of(line), 0);
  let done = sum(({ kills }) => kills);
  if (done > 0) say(`${name}: ${done} kills are in ${FILE}`);
  while (done < wanted) {
    const seed = Math.floor(Math.random() * 1_000_000);
    const round = await play(which, seed, Math.min(KILLS_PER_ROUND, wanted - done));
    const line = toLine(which, seed, round);
    await mkdir(FOLDER, { recursive: true });
    await appendFile(FILE, `${JSON.stringify(line)}\n`);
    recorded.push(line);
    done += line.kills;
    say(`${name}: ${done} of ${wanted} kills, seed ${seed}, ${round.faults.length} faults`);
    for (const { kind, what } of round.faults.slice(0, 10)) say(`  ${kind}: ${what.slice(0, 300)}`);
  }
  const none = (what: string, of: (line: Recorded) => number) =>
    atMost(`${name}: ${what}`, sum(of), 'questions', 0);
  const again = front === 'web' ? 'told once more after a kill' : 'messages too many after a kill or a cut';
  return {
    targets: [
      atLeast(`${name}: kills`, done, 'kills', wanted),
      none('lost', ({ lost }) => lost),
      none('doubled', ({ doubled }) => doubled),
      none('out of order', ({ outOfOrder }) => outOfOrder),
      none('incomplete, mixed, left over', ({ otherFaults }) => otherFaults),
    ],
    figures: [
      { name: `${name}: questions`, figure: sum(({ questions }) => questions), unit: '' },
      { name: `${name}: ${again}`, figure: sum(({ repeated }) => repeated), unit: '' },
    ],
  };
}

async function play({ queue, front }: Which, seed: number, kills: number): Promise<Played> {
  if (front === 'web') return playRound({ queue, seed, kills, chats: 20, questionsPerChat: 10 });
  const round = await playTelegramRound({ queue, seed, kills, faults: FAULTS_PER_ROUND });
  return { ...round, repeated: round.extra.cards + round.extra.parts };
}

function toLine({ queue, front }: Which, seed: number, { counts, ...round }: Played): Recorded {
  return {
    date: new Date().toISOString(),
    queue,
    front,
    seed,
    kills: round.kills,
    questions: round.questions,
    lost: counts.lost,
    doubled: counts.doubled,
    outOfOrder: counts['out of order'],
    otherFaults: counts.incomplete + counts.mixed + counts['left over'],
    repeated: round.repeated,
    seconds: Math.round(round.seconds * 10) / 10,
  };
}

async function readRecorded(): Promise<Recorded[]> {
  const text = await readFile(FILE, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Recorded]));
}
