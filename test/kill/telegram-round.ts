import { setTimeout as pause } from 'node:timers/promises';
import { createOllama, type Ollama } from '../../demo/ollama/ollama.ts';
import { seeded } from '../../demo/ollama/seeded.ts';
import { startRedis } from '../servers/redis.ts';
import { createTelegram, type Telegram } from '../servers/telegram/telegram.ts';
import { FIRST_GROUPS } from '../servers/telegram/world.ts';
import { type Home, makeHome, startBot } from './bot.ts';
import { createKiller } from './killer.ts';
import { keepAlive } from './lives.ts';
import { quiet, settle } from './settle.ts';
import { shifted } from './shifted.ts';
import { createTelegramCrowd } from './telegram-crowd.ts';
import { createCutter } from './telegram-cutter.ts';
import { judgeTelegram, type TelegramVerdict } from './telegram-judge.ts';
import { isProgress, KILL_AIMS, momentOf } from './telegram-moments.ts';
import { openPlaces, type Somewhere } from './telegram-places.ts';
import { makeTelegramQuestions, simulatedTelegramAnswer } from './telegram-questions.ts';
import { recordCalls } from './telegram-record.ts';
import type { TelegramSeen } from './telegram-seen.ts';
import { chatRequests, messagesOf, placeOf } from './telegram-sight.ts';

/** Short answers take some tens of milliseconds, long ones a second or more: those are seen growing. */
const SPEED = 8;
const MODELS = [
  { tag: 'talker:7b', sizeGb: 4.7, coldSeconds: 0.6, warmSeconds: 0.4, tokensPerSecond: 100 },
  { tag: 'coder:7b', sizeGb: 4.7, coldSeconds: 0.6, warmSeconds: 0.4, tokensPerSecond: 100 },
];
const LLM = {
  parallel: 4,
  routing: { default: 'talker:7b', rules: [{ pattern: '^code', model: 'coder:7b' }] },
};
/** As over a network: between the acceptance of a message and our note of it there is room for a kill. */
const ANSWER_AFTER_MS = 60;
/** No history is trimmed. */
const CONTEXT_TOKENS = 65_536;
const LONGEST_MS = 150_000;
/** Longer than a delivery rests that did not succeed, and than a call waits for its turn after that. */
const CALM_MS = 7_000;

export type TelegramRoundOptions = {
  readonly queue: 'sqlite' | 'redis';
  readonly seed: number;
  readonly kills: number;
  /** How many connections are cut. */
  readonly faults: number;
  readonly limits?: 'real' | 'none';
  readonly streaming?: 'edit' | 'draft' | 'off';
};

export type TelegramRound = TelegramVerdict & {
  readonly kills: number;
  readonly questions: number;
  /** Messages of the bot that Telegram took. */
  readonly messages: number;
  readonly seconds: number;
  readonly exitCode: number | null;
  /** What the bots said at level error. */
  readonly errors: readonly string[];
};

type Servers = {
  readonly telegram: Telegram;
  readonly ollama: Ollama;
  readonly places: readonly Somewhere[];
};

/** One round: the real bot on Telegram, killed at random while 200 messages flow in, and what became of them. */
export async function playTelegramRound(options: TelegramRoundOptions): Promise<TelegramRound> {
  const { queue, seed, limits = 'none', streaming = 'edit' } = options;
  const redis = queue === 'redis' ? await startRedis() : undefined;
  const telegram = await createTelegram({ limits, answerAfterMs: ANSWER_AFTER_MS });
  const ollama = await createOllama({
    speed: SPEED,
    seed,
    models: MODELS,
    parallel: LLM.parallel,
    contextLength: CONTEXT_TOKENS,
    answer: simulatedTelegramAnswer,
    keepRecords: 100_000,
  });
  const places = openPlaces(telegram, 18, 10);
  const users = places.flatMap(({ chat, isGroup }) => (isGroup ? [] : [chat.id]));
  const home = await makeHome({
    llm: { base_url: ollama.url, ...LLM },
    telegram: { token: telegram.token, api_url: telegram.url, streaming },
    access: { telegram: { users, groups: FIRST_GROUPS } },
    ...(redis && { redis: { url: redis.url, lock_seconds: 2 } }),
  });
  try {
    return await play(options, { telegram, ollama, places }, home);
  } finally {
    await telegram.close();
    await ollama.close();
    await redis?.dispose();
    await home.remove();
  }
}

async function play(options: TelegramRoundOptions, servers: Servers, home: Home): Promise<TelegramRound> {
  const { telegram, ollama, places } = servers;
  const began = performance.now();
  const random = seeded(options.seed);
  const counts = places.map(({ questions }) => questions);
  const questions = makeTelegramQuestions(counts, options.seed, random);
  const total = 2 * questions.flat().length;
  const failed = Promise.withResolvers<never>();
  let lastEventAt = performance.now();
  const record = recordCalls(telegram);
  const lives = keepAlive(
    () => {
      // What the one before has sent is read by then, and the next one cannot have begun.
      setImmediate(record.begin);
      return startBot(home);
    },
    (lines) => failed.reject(new Error(`The bot ended by itself:\n${lines.slice(-20).join('\n')}`)),
  );
  const killer = createKiller({
    random,
    kills: options.kills,
    total,
    kill: lives.kill,
    aims: shifted(KILL_AIMS, options.seed),
  });
  const cutter = createCutter({ ...options, telegram, random, total, onCut: record.loseAnswer });
  const progressed = () => {
    killer.progressed();
    cutter.progressed();
  };
  telegram.on((event) => {
    if (isProgress(event)) lastEventAt = performance.now();
    if (event.type === 'confirmed') for (let count = event.count; count > 0; count -= 1) progressed();
    if (event.type === 'request') cutter.arrived(event.request);
    killer.happened(momentOf(event));
  });
  ollama.on(() => killer.happened());
  const crowd = createTelegramCrowd({ telegram, places, questions, random, onAnswer: progressed });
  const over = new AbortController();
  try {
    const late = pause(LONGEST_MS, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
    await Promise.race([crowd.satisfied, failed.promise, quiet(() => lastEventAt, over.signal), late]);
    const bot = await Promise.race([lives.up(), failed.promise]);
    const idle = await settle(bot, ollama);
    // Cards are removed and edits are offered when the answers are there already.
    await quiet(() => lastEventAt, over.signal, CALM_MS);
    await telegram.until(() => telegram.unconfirmed().length === 0).catch(() => undefined);
    const seen: TelegramSeen = {
      places: places.map((place, at) => placeOf(place, questions[at] ?? [], { ...crowd, ...record })),
      messages: [...new Set(places.map(({ chat }) => chat))].flatMap(messagesOf),
      calls: record.calls,
      lives: record.lives(),
      requests: chatRequests(ollama),
      left: { ...idle, unconfirmed: telegram.unconfirmed().length },
      kills: lives.kills(),
    };
    const exitCode = await lives.stop();
    return {
      ...judgeTelegram(seen),
      kills: lives.kills(),
      questions: crowd.sent.size,
      messages: seen.messages.length,
      seconds: (performance.now() - began) / 1_000,
      exitCode,
      errors: lives.lines().filter((line) => line.includes('"level":50')),
    };
  } finally {
    over.abort();
    crowd.leave();
    await lives.abandon();
  }
}
