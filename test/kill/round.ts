import { createOllama, type Ollama } from '../../demo/ollama/ollama.ts';
import { seeded } from '../../demo/ollama/seeded.ts';
import { startRedis } from '../servers/redis.ts';
import { type Bot, type Home, makeHome, startBot } from './bot.ts';
import { createCrowd, readLog, sendOnce } from './crowd.ts';
import { judge, type Seen, type Verdict } from './judge.ts';
import { createKiller } from './killer.ts';
import { keepAlive } from './lives.ts';
import { makeQuestions, type Question, simulatedAnswer } from './questions.ts';
import { quiet, settle } from './settle.ts';

/** Answers take some tens of milliseconds and loads as long: both are often killed in the middle. */
const SPEED = 20;
const MODELS = [
  { tag: 'talker:7b', sizeGb: 4.7, coldSeconds: 0.6, warmSeconds: 0.4 },
  { tag: 'coder:7b', sizeGb: 4.7, coldSeconds: 0.6, warmSeconds: 0.4 },
];
const LLM = {
  parallel: 4,
  routing: { default: 'talker:7b', rules: [{ pattern: '^code', model: 'coder:7b' }] },
};

export type RoundOptions = {
  readonly queue: 'sqlite' | 'redis';
  readonly seed: number;
  readonly kills: number;
  readonly chats: number;
  readonly questionsPerChat: number;
};

export type Round = Verdict & {
  readonly kills: number;
  readonly questions: number;
  readonly seconds: number;
  readonly exitCode: number | null;
  /** What the bots said at level error. */
  readonly errors: readonly string[];
};

/** One round: the real bot, killed at random while questions flow in, and what became of them. */
export async function playRound(options: RoundOptions): Promise<Round> {
  const { queue, seed } = options;
  const redis = queue === 'redis' ? await startRedis() : undefined;
  const ollama = await createOllama({
    speed: SPEED,
    seed,
    models: MODELS,
    parallel: LLM.parallel,
    answer: simulatedAnswer,
    keepRecords: 100_000,
  });
  const home = await makeHome({
    llm: { base_url: ollama.url, ...LLM },
    ...(redis && { redis: { url: redis.url, lock_seconds: 2 } }),
  });
  try {
    return await play(options, ollama, home);
  } finally {
    await ollama.close();
    await redis?.dispose();
    await home.remove();
  }
}

async function play(options: RoundOptions, ollama: Ollama, home: Home): Promise<Round> {
  const began = performance.now();
  const random = seeded(options.seed);
  const chats = makeQuestions(options.chats, options.questionsPerChat, options.seed);
  const questions = chats.flat();
  const failed = Promise.withResolvers<never>();
  let lastEventAt = performance.now();
  const lives = keepAlive(
    () => startBot(home),
    (lines) => failed.reject(new Error(`The bot ended by itself:\n${lines.slice(-20).join('\n')}`)),
  );
  const killer = createKiller({
    random,
    kills: options.kills,
    total: 2 * questions.length,
    kill: lives.kill,
  });
  const onEvent = () => {
    lastEventAt = performance.now();
    killer.happened();
  };
  const off = ollama.on(onEvent);
  const crowd = createCrowd(lives, chats, random, { onEvent, onProgress: killer.progressed });
  const over = new AbortController();
  try {
    await Promise.race([crowd.satisfied, failed.promise, quiet(() => lastEventAt, over.signal)]);
    const bot = await Promise.race([lives.up(), failed.promise]);
    const left = await settle(bot, ollama);
    const seen: Seen = {
      chats,
      acknowledged: crowd.acknowledged,
      connections: crowd.connections,
      logs: await readLogs(bot, chats),
      requests: chatRequests(ollama),
      resent: await resend(bot, questions),
      left,
      kills: lives.kills(),
    };
    const verdict = judge(seen);
    crowd.leave();
    const exitCode = await lives.stop();
    const seconds = (performance.now() - began) / 1_000;
    const errors = lives.lines().filter((line) => line.includes('"level":50'));
    return { ...verdict, kills: lives.kills(), questions: questions.length, seconds, exitCode, errors };
  } finally {
    over.abort();
    off();
    crowd.leave();
    await lives.abandon();
  }
}

async function readLogs(bot: Bot, chats: readonly (readonly Question[])[]): Promise<Seen['logs']> {
  const names = chats.flatMap(([first]) => first?.chat ?? []);
  return new Map(await Promise.all(names.map(async (chat) => [chat, await readLog(bot, chat)] as const)));
}

async function resend(bot: Bot, questions: readonly Question[]): Promise<Seen['resent']> {
  const kinds = questions.map(
    async (question) => [question.id, (await sendOnce(bot.client, question)).kind] as const,
  );
  return new Map(await Promise.all(kinds));
}

function chatRequests(ollama: Ollama): Seen['requests'] {
  return ollama
    .requests()
    .flatMap(({ path, body }) => (path === '/api/chat' ? [body as Seen['requests'][number]] : []));
}
