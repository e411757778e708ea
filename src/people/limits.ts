import { describeWait } from '../chat/describe-amount.ts';
import type { Config } from '../config/schema.ts';
import { OstlerError } from '../errors.ts';
import type { Job } from '../path/job.ts';
import type { Rates } from '../ports/rates.ts';
import type { Presence } from './presence.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

type Who = Pick<Presence, 'address' | 'person'>;
type Settings = Config['limits'];

type Needs = {
  readonly rates: Rates;
  readonly settings: () => Settings;
  /** The jobs whose outcome is open. */
  readonly openJobs: () => readonly Job[];
};

/** How much is taken of one person and of one chat. The terminal belongs to the owner: it has no limits. */
export type Limits = {
  /** Counts what somebody sends. Throws `limited`, and `storage`. */
  admit(who: Who): Promise<void>;
  /** The same, of a question: it will wait and be answered. */
  admitQuestion(who: Who): Promise<void>;
  /** Counts the choice of a model. Throws like `admit`. */
  admitSwitch(who: Who): Promise<void>;
  /** Models read and wrote so much for somebody. Throws `storage`. */
  used(who: Who, tokens: number): Promise<void>;
};

/** A person or a chat, and what is taken of it. */
type Scope = {
  readonly key: string;
  readonly of: 'person' | 'chat';
  readonly limits: Settings['per_person'];
  holds(who: Who): boolean;
};

export function createLimits({ rates, settings, openJobs }: Needs): Limits {
  function scopesOf({ address: { platform, chat }, person }: Who): readonly Scope[] {
    if (platform === 'terminal') return [];
    const { per_person, per_chat } = settings();
    return [
      {
        key: `person:${platform}:${person.id}`,
        of: 'person',
        limits: per_person,
        holds: (who) => who.address.platform === platform && who.person.id === person.id,
      },
      {
        key: `chat:${platform}:${chat}`,
        of: 'chat',
        limits: per_chat,
        holds: (who) => who.address.platform === platform && who.address.chat === chat,
      },
    ];
  }

  /** Told once in the time that it lasts, or in an hour: others are quiet. */
  async function refusal(key: string, message: string, endsInMs: number): Promise<OstlerError> {
    const told = await rates.add(
      `told:${key}`,
      1,
      Math.min(HOUR_SECONDS, Math.max(1, Math.ceil(endsInMs / 1_000))),
    );
    return new OstlerError(message, { code: 'limited', quiet: told.points > 1 });
  }

  async function count(
    who: Who,
    what: 'messages' | 'switches',
    limitOf: (limits: Scope['limits']) => number | null,
  ) {
    const counted: string[] = [];
    for (const { key, of, limits } of scopesOf(who)) {
      const limit = limitOf(limits);
      if (limit === null) continue;
      const name = `${what}:${key}`;
      counted.push(name);
      const { points, endsInMs } = await rates.add(name, 1, MINUTE_SECONDS);
      if (points <= limit) continue;
      for (const one of counted) await rates.add(one, -1, MINUTE_SECONDS);
      throw await refusal(
        name,
        `${TOO_MUCH[what][of]} Please wait ${describeWait(endsInMs / 1_000)}.`,
        endsInMs,
      );
    }
  }

  async function checkTokens(who: Who): Promise<void> {
    for (const { key, of, limits } of scopesOf(who)) {
      if (limits.tokens_per_day === null) continue;
      const { points, endsInMs } = await rates.add(`tokens:${key}`, 0, DAY_SECONDS);
      if (points < limits.tokens_per_day) continue;
      const wait = describeWait(endsInMs / 1_000);
      throw await refusal(`tokens:${key}`, `${TOO_MUCH.tokens[of]} Please wait ${wait}.`, endsInMs);
    }
  }

  async function checkOpen(who: Who): Promise<void> {
    for (const { key, of, limits, holds } of scopesOf(who)) {
      const limit = limits.concurrent_jobs;
      if (limit === null || openJobs().filter(({ message }) => holds(message)).length < limit) continue;
      const message = `${TOO_MUCH.jobs[of]} Please wait until one of them is answered.`;
      throw await refusal(`jobs:${key}`, message, MINUTE_SECONDS * 1_000);
    }
  }

  const admit = (who: Who) => count(who, 'messages', (limits) => limits.messages_per_minute);

  return {
    admit,
    async admitQuestion(who) {
      await checkOpen(who);
      await checkTokens(who);
      await admit(who);
    },
    admitSwitch: (who) => count(who, 'switches', (limits) => limits.switches_per_minute),
    async used(who, tokens) {
      for (const { key, limits } of scopesOf(who))
        if (limits.tokens_per_day !== null) await rates.add(`tokens:${key}`, tokens, DAY_SECONDS);
    },
  };
}

const TOO_MUCH = {
  messages: { person: 'That was a lot at once.', chat: 'That was a lot at once for one chat.' },
  switches: {
    person: 'You chose another model very often.',
    chat: 'Another model was chosen very often in this chat.',
  },
  tokens: {
    person: 'You have used up your tokens of a day.',
    chat: 'This chat has used up its tokens of a day.',
  },
  jobs: {
    person: 'So many of your questions wait already.',
    chat: 'So many questions wait in this chat already.',
  },
} as const;
