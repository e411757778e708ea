import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { playRound, type Round } from '../test/kill/round.ts';
import { atLeast, atMost, BadOption, joinReports, type Report, type RunBench } from './bench.ts';

const FOLDER = join(import.meta.dirname, 'results');
const FILE = join(FOLDER, 'kills.jsonl');
const KILLS_PER_ROUND = 5;
const QUEUES = ['sqlite', 'redis'] as const;
type Queue = (typeof QUEUES)[number];

/** One line of the file. */
type Recorded = {
  readonly date: string;
  readonly queue: Queue;
  readonly seed: number;
  readonly kills: number;
  readonly questions: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** Incomplete or mixed answers, and what was left over. */
  readonly otherFaults: number;
  /** Outcomes that were told once more after a kill. */
  readonly repeated: number;
  readonly seconds: number;
};

/** Plays rounds until the file holds as many kills as were asked for. */
export const run: RunBench = async (values, say) => {
  const wanted = Number(values.kills);
  if (!Number.isInteger(wanted) || wanted < 1) throw new BadOption('--kills takes a whole number.');
  const queues = QUEUES.filter((queue) => values.queue === undefined || values.queue === queue);
  if (queues.length === 0) throw new BadOption(`--queue takes ${QUEUES.join(' or ')}.`);
  const reports: Report[] = [];
  for (const queue of queues) reports.push(await reach(wanted, queue, say));
  return joinReports(reports);
};

async function reach(wanted: number, queue: Queue, say: (line: string) => void): Promise<Report> {
  const recorded = (await readRecorded()).filter((line) => line.queue === queue);
  const sum = (of: (line: Recorded) => number) => recorded.reduce((total, line) => total + of(line), 0);
  let done = sum(({ kills }) => kills);
  if (done > 0) say(`${queue}: ${done} kills are in ${FILE}`);
  while (done < wanted) {
    const seed = Math.floor(Math.random() * 1_000_000);
    const kills = Math.min(KILLS_PER_ROUND, wanted - done);
    const round = await playRound({ queue, seed, kills, chats: 20, questionsPerChat: 10 });
    const line = toLine(queue, seed, round);
    await mkdir(FOLDER, { recursive: true });
    await appendFile(FILE, `${JSON.stringify(line)}\n`);
    recorded.push(line);
    done += line.kills;
    say(`${queue}: ${done} of ${wanted} kills, seed ${seed}, ${round.faults.length} faults`);
    for (const { kind, what } of round.faults.slice(0, 10)) say(`  ${kind}: ${what.slice(0, 300)}`);
  }
  return {
    targets: [
      atLeast(`${queue}: kills`, done, 'kills', wanted),
      atMost(
        `${queue}: lost`,
        sum(({ lost }) => lost),
        'questions',
        0,
      ),
      atMost(
        `${queue}: doubled`,
        sum(({ doubled }) => doubled),
        'questions',
        0,
      ),
      atMost(
        `${queue}: out of order`,
        sum(({ outOfOrder }) => outOfOrder),
        'questions',
        0,
      ),
      atMost(
        `${queue}: incomplete, mixed, left over`,
        sum(({ otherFaults }) => otherFaults),
        'questions',
        0,
      ),
    ],
    figures: [
      { name: `${queue}: questions`, figure: sum(({ questions }) => questions), unit: '' },
      { name: `${queue}: told once more after a kill`, figure: sum(({ repeated }) => repeated), unit: '' },
    ],
  };
}

function toLine(queue: Queue, seed: number, { counts, ...round }: Round): Recorded {
  return {
    date: new Date().toISOString(),
    queue,
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
