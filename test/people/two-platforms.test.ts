import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import { type Address, conversationOf } from '../../src/chat/message.ts';
import { createDiscord } from '../servers/discord/discord.ts';
import { simulatedOllama, testOstler } from '../servers/ostler.ts';
import { createTelegram } from '../servers/telegram/telegram.ts';

const RUNS = 10;
const MOST_STEPS = 3;
const MODELS = ['qwen2.5:7b', 'llama3.2:3b', 'mistral:7b'] as const;
const DEFAULT: string = MODELS[0];
/** The same numbers on both platforms. */
const FIRST_PERSON = 900_000_000_000_001;
const TOKEN = /\b[qs]-\w+-\d+\b/g;

type Step =
  | { readonly kind: 'ask' | 'new' | 'system' }
  | { readonly kind: 'model'; readonly model: (typeof MODELS)[number] };

/** One person's chat with the bot on one platform. */
type Place = {
  readonly name: string;
  ask(text: string): void;
  give(command: string, argument?: string): void;
  /** What the bot said there. */
  said(): readonly string[];
  until(fits: () => boolean): Promise<void>;
};

/** For each of four places what happens there, and in which order they take turns. */
type Schedule = { readonly steps: readonly (readonly Step[])[]; readonly turns: readonly number[] };

async function open() {
  const [telegram, discord] = [await createTelegram(), await createDiscord()];
  onTestFinished(() => Promise.all([telegram.close(), discord.close()]).then(() => {}));
  const ollama = await simulatedOllama({
    models: MODELS.map((tag) => ({ tag, sizeGb: 1 })),
    answer: ({ turns }) => `You said: ${turns.at(-1)?.content}`,
  });
  const ids = Array.from({ length: 2 * RUNS }, (_, at) => FIRST_PERSON + at);
  const onTelegram = ids.map((id) => telegram.person({ name: `Person ${id}`, id }));
  const onDiscord = ids.map((id) => discord.person({ name: `Person ${id}`, id: String(id) }));
  await testOstler(ollama, {
    llm: { routing: { default: DEFAULT } },
    telegram: { token: telegram.token, api_url: telegram.url, streaming: 'off' },
    discord: { token: discord.token, api_url: discord.restUrl, streaming: 'off' },
    access: { telegram: { users: ids }, discord: { users: ids.map(String) } },
    shutdown_seconds: 0,
  });
  await discord.until(() => discord.commands().length > 0);

  /** Two people, each on both platforms. */
  function places(run: number): readonly Place[] {
    return [2 * run, 2 * run + 1].flatMap((at): Place[] => {
      const [one, other] = [onTelegram[at], onDiscord[at]];
      if (!one || !other) throw new Error(`There are no people for run ${run}`);
      const [chat, channel] = [one.directChat(), other.directChat()];
      return [
        {
          name: `t${at}`,
          ask: (text) => void one.send(chat, text),
          give: (command, argument = '') => void one.send(chat, `/${command} ${argument}`.trim()),
          said: () => chat.fromBot().map(({ text }) => text),
          until: (fits) => telegram.until(fits),
        },
        {
          name: `d${at}`,
          ask: (text) => void other.send(channel, text),
          give: (command, argument) =>
            void other.slash(
              channel,
              command,
              argument === undefined ? {} : { [argumentOf(command)]: argument },
            ),
          said: () => channel.fromBot().map(({ text }) => text),
          until: (fits) => discord.until(fits),
        },
      ];
    });
  }
  return { ollama, places };
}

const argumentOf = (command: string) => (command === 'model' ? 'name' : 'text');

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ kind: 'ask' }) },
  { weight: 3, arbitrary: fc.constantFrom(...MODELS).map((model): Step => ({ kind: 'model', model })) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'new' }, { kind: 'system' }) },
);
const schedules: fc.Arbitrary<Schedule> = fc.record({
  steps: fc.array(fc.array(step, { maxLength: MOST_STEPS }), { minLength: 4, maxLength: 4 }),
  turns: fc.array(fc.nat({ max: 3 }), { minLength: 12, maxLength: 12 }),
});

/** What reached a model: which one, and every token in what it was told, the question's own last. */
function questionsOf(
  ollama: Ollama,
): readonly { readonly model: string; readonly tokens: readonly string[] }[] {
  return ollama.requests().flatMap(({ path, body }) => {
    const { model = '', messages = [] } = (body ?? {}) as {
      model?: string;
      messages?: { content: string }[];
    };
    const tokens = messages.flatMap(({ content }) => content.match(TOKEN) ?? []);
    return path === '/api/chat' && tokens.length > 0 ? [{ model, tokens }] : [];
  });
}

const ownerOf = (token: string) => token.split('-')[1];

/** Everybody does their steps, by turns; resolves once all is answered, with the model each question was for. */
async function play(
  here: readonly Place[],
  { steps, turns }: Schedule,
): Promise<ReadonlyMap<string, string>> {
  const meant = new Map<string, string>();
  const models = here.map(() => DEFAULT);
  const asked = here.map(() => 0);

  function take(at: number, place: Place, step: Step): void {
    switch (step.kind) {
      case 'ask':
        asked[at] = (asked[at] ?? 0) + 1;
        meant.set(`q-${place.name}-${asked[at]}`, models[at] ?? '');
        place.ask(`What about q-${place.name}-${asked[at]}?`);
        break;
      case 'model':
        models[at] = step.model;
        place.give('model', step.model);
        break;
      case 'system':
        place.give('system', `Be s-${place.name}-1`);
        break;
      case 'new':
        place.give('new');
    }
  }

  const left = steps.map((some) => [...some]);
  const everybody = here.map((_, at) => at);
  for (const at of [...turns, ...Array.from({ length: MOST_STEPS }, () => everybody).flat()]) {
    const [place, next] = [here[at], left[at]?.shift()];
    if (place && next) take(at, place, next);
  }
  for (const [at, place] of here.entries()) take(at, place, { kind: 'ask' });
  // The last question of each is answered after all that was before it.
  for (const [at, place] of here.entries()) {
    const last = `q-${place.name}-${asked[at]}?`;
    await place.until(() => place.said().some((text) => text.includes(last) && text.includes('🏠')));
  }
  return meant;
}

it('two people on two platforms never see each other’s conversation, prompt or model', async () => {
  const { ollama, places } = await open();
  let run = 0;
  const holds = async (schedule: Schedule) => {
    const here = places(run);
    run += 1;
    const meant = await play(here, schedule);
    for (const { name, said } of here) {
      const foreign = said()
        .flatMap((text) => text.match(TOKEN) ?? [])
        .filter((token) => ownerOf(token) !== name);
      expect(foreign).toEqual([]);
    }
    const mine = questionsOf(ollama).filter(({ tokens }) => meant.has(tokens.at(-1) ?? ''));
    expect(mine.length).toBeGreaterThanOrEqual(here.length);
    for (const { model, tokens } of mine) {
      const last = tokens.at(-1) ?? '';
      expect(new Set(tokens.map(ownerOf))).toEqual(new Set([ownerOf(last)]));
      expect({ [last]: model }).toEqual({ [last]: meant.get(last) });
    }
  };
  await fc.assert(fc.asyncProperty(schedules, holds), { numRuns: RUNS, endOnFailure: true });
}, 120_000);

it('two addresses never share a conversation', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('telegram', 'discord', '1', '1:2', ':', '%3A'));
  const address: fc.Arbitrary<Address> = fc.record(
    { platform: part, chat: part, thread: part },
    { requiredKeys: ['platform', 'chat'] },
  );
  fc.assert(
    fc.property(address, address, (one, other) => {
      const isSame =
        one.platform === other.platform && one.chat === other.chat && one.thread === other.thread;
      expect(conversationOf(one) === conversationOf(other)).toBe(isSame);
    }),
    { numRuns: 1_000 },
  );
});
