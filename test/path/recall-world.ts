import { createEpochs } from '../../src/cache/epochs.ts';
import { createKeyOf, createOwnerOf } from '../../src/cache/key.ts';
import type { Exchange } from '../../src/chat/exchange.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Grant } from '../../src/models/grant.ts';
import { createFindKey } from '../../src/path/find-key.ts';
import type { Job } from '../../src/path/job.ts';
import { createPrepare, type Prepared } from '../../src/path/prepare.ts';
import { makeSnapshot, type Snapshot } from '../../src/path/snapshot.ts';
import type { FakeClock } from '../fakes/clock.ts';
import { GRANT } from '../fakes/grant.ts';
import { jobOf } from '../fakes/job.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';
import { fakeStore } from '../fakes/store.ts';
import type { Asked, SCOPES, Step } from './recall-steps.ts';

/** A model whose context holds no history. */
const SMALL_CONTEXT = 40;

/** What answers depend on, besides the question. */
export function createWorld(scope: (typeof SCOPES)[number], clock: FakeClock) {
  const { logger } = quietPorts();
  const prompts = new Map<string, string | null>();
  const said = new Map<string, Exchange[]>();
  const forgotten = new Map<string, number>();
  let pulls = 0;
  let contextLength: number | undefined;
  let current = snapshotOf({ do: 'reload', prompt: 'Be kind.', scope, enabled: true });

  const snapshot = () => current;
  const grant = (): Grant => ({ ...GRANT, digest: `d${pulls}`, contextLength });
  const prepare = createPrepare({
    conversations: {
      systemPrompt: async (conversation) => prompts.get(conversation) ?? null,
      history: async (conversation) => said.get(conversation) ?? [],
    },
    tokenLength: { of: async () => 4 },
    files: { read: async () => new Uint8Array() },
    clock,
    logger,
    snapshot,
  });
  const epochs = createEpochs(fakeStore(clock));
  const findKey = createFindKey({
    epochs,
    keyOf: createKeyOf('secret'),
    ownerOf: createOwnerOf('secret'),
    snapshot,
  });

  /** Whose answer it would be now; undefined: nobody's, the cache is off. Said once more, as the rules have it. */
  function ownerOf({ message: { address, kind, person }, route }: Job): string | undefined {
    if (!current.cache.enabled) return undefined;
    // Who had their answers forgotten shares no more with those who had not.
    if (current.cache.scope === 'chat') return `chat ${address.chat} ${forgotten.get(person.id) ?? 0}`;
    const isPersonal = (prompts.get(`web:${address.chat}`) ?? null) !== null;
    if (current.cache.scope === 'shared' && route.standalone && !isPersonal) return 'everybody';
    return `${person.id}${kind === 'group' ? ` in ${address.chat}` : ''}`;
  }

  return {
    snapshot,
    grant,
    prepare,
    findKey,
    epochs,
    ownerOf,
    /** What would be sent now, to which model, for whom. */
    async versionOf(job: Job): Promise<string> {
      return versionOf(ownerOf(job), grant().digest, await prepare(job, grant()));
    },
    change(step: Step): void {
      if (step.do === 'pull') pulls += 1;
      if (step.do === 'load') contextLength = contextLength === undefined ? SMALL_CONTEXT : undefined;
      if (step.do === 'forget') forgotten.set(step.person, (forgotten.get(step.person) ?? 0) + 1);
      if (step.do === 'prompt') prompts.set(`web:${step.chat}`, step.text);
      if (step.do === 'say') {
        const conversation = `web:${step.chat}`;
        said.set(conversation, [...(said.get(conversation) ?? []), EXCHANGE]);
      }
      if (step.do === 'reload') current = snapshotOf(step);
    },
  };
}

export function versionOf(owner: string | undefined, digest: string, { request }: Prepared): string {
  return JSON.stringify([owner, digest, request]);
}

export function jobFor(number: number, { person, chat, text, standalone, wish }: Asked): Job {
  const plain = jobOf(number, `web:${chat}`);
  return {
    ...plain,
    message: {
      ...plain.message,
      text,
      kind: chat === 'two' ? 'group' : 'direct',
      person: { id: person },
      address: { platform: 'web', chat },
      cache: wish,
    },
    route: { ...plain.route, standalone },
  };
}

function snapshotOf({ prompt, scope, enabled }: Extract<Step, { do: 'reload' }>): Snapshot {
  const llm = { system_prompt: prompt, options: { temperature: 0 } };
  return makeSnapshot(configSchema.parse({ llm, response_cache: { scope, enabled } }));
}

const EXCHANGE: Exchange = {
  kind: 'exchange',
  question: { text: 'Earlier?', images: [], person: { id: 'ada' }, sentAt: 0, standalone: false },
  outcome: { kind: 'cancelled', text: 'Yes.' },
  takenAt: 0,
  at: 0,
};
