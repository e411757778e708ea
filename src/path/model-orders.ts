import type { Conversations } from '../chat/conversations.ts';
import type { Front } from '../chat/front.ts';
import { type Address, conversationOf, type Message } from '../chat/message.ts';
import { OstlerError, toFailure } from '../errors.ts';
import { findInstalled, tagOf } from '../models/catalogue.ts';
import { insufficientMemory } from '../models/insufficient-memory.ts';
import { letOneGo } from '../models/let-go.ts';
import type { Stable } from '../models/stable.ts';
import { type By, ordererOf, type SwitchEnd } from '../models/switching.ts';
import { normaliseTag, sameTag } from '../models/tag.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelServer } from '../ports/models.ts';
import { createDownloads, type PullEnd } from './downloads.ts';
import type { Redirect } from './receive.ts';
import { requireInstalled } from './require-installed.ts';
import type { Snapshot } from './snapshot.ts';
import type { Switches } from './switches.ts';

type Needs = {
  readonly stable: Pick<
    Stable,
    | 'intentions'
    | 'judge'
    | 'costOf'
    | 'view'
    | 'agree'
    | 'askedFor'
    | 'relist'
    | 'freshen'
    | 'resync'
    | 'jobsOf'
  >;
  readonly server: Pick<ModelServer, 'pull'>;
  readonly conversations: Pick<Conversations, 'chosenModel' | 'last'>;
  readonly switches: Pick<Switches, 'admitLoad'>;
  readonly audit: Front['audit'];
  /** Lets another model answer a question that waits. */
  readonly redirect: Redirect;
  readonly snapshot: () => Snapshot;
  /** Nothing goes on any more; its reason is told. */
  readonly ending: AbortSignal;
  readonly logger: Logger;
};

/** What people want of the models themselves: loaded, unloaded, pinned, downloaded. */
export function createModelOrders(needs: Needs) {
  const { stable, server, conversations, switches, audit, redirect, snapshot, ending, logger } = needs;
  const { intentions } = stable;

  /** The tag as the server has it. Throws `unreachable`, `not_installed`. */
  function tagFor(name: string): string {
    const view = stable.view();
    if (view.away) {
      const { message, hint } = view.away;
      throw new OstlerError(message, { code: 'unreachable', ...(hint !== undefined && { hint }) });
    }
    const { models } = snapshot().settings;
    requireInstalled(name, models, view);
    const tag = tagOf(name, models);
    return findInstalled(tag, view.installed)?.tag ?? tag;
  }

  /** The same of a model to unpin, which need not be installed any more. */
  function pinnedTagFor(name: string): string {
    const tag = tagOf(name, snapshot().settings.models);
    return intentions.pinned().find((pinned) => sameTag(pinned, tag)) ?? tagFor(name);
  }

  /** Throws `bad_input` where as many are pinned as may be in memory, `insufficient_memory` where it has no room. */
  function requireRoomToPin(model: string): void {
    const { installed } = stable.view();
    const others = intentions.pinned().filter((tag) => tag !== model && findInstalled(tag, installed));
    const most = snapshot().settings.policy.maxModels;
    if (others.length >= most) {
      const only = most === 1 ? 'One model' : `${most} models`;
      const stay = others.length === 1 ? 'stays' : 'stay';
      throw new OstlerError(`${only} at most may be in memory: ${others.join(' and ')} ${stay} there.`, {
        code: 'bad_input',
        hint: letOneGo(others.map(intentions.keeperOf), 'raise llm.cache.max_models'),
      });
    }
    const verdict = stable.judge(model);
    if (verdict.kind === 'never') throw insufficientMemory(model, verdict);
  }

  /** Throws `bad_input` where the configuration pins it. */
  function requireUnpinnable(model: string): void {
    const keeper = intentions.keeperOf(model);
    if (!keeper.byConfiguration) return;
    throw new OstlerError(`The configuration pins ${model}.`, {
      code: 'bad_input',
      hint: letOneGo([keeper]),
    });
  }

  /** The model that would answer the next question of a chat whose rules do not say otherwise. */
  async function likelyModel(conversation: string): Promise<string | undefined> {
    const { routing, models } = snapshot().settings;
    const name = (await conversations.chosenModel(conversation)) ?? routing.default;
    const tag = name === null ? undefined : tagOf(name, models);
    return tag && findInstalled(tag, stable.view().installed)?.tag;
  }

  async function warmUp(conversation: string): Promise<void> {
    if (!snapshot().llm.warm_up || (await conversations.last(conversation, () => true)) === undefined) return;
    const model = await likelyModel(conversation);
    if (model !== undefined) intentions.typing(model);
  }

  /** What was ordered may end long after, and whoever ordered it may not be there to see it: the audit log says how. */
  function noteEnd(what: string, on: string, by: Parameters<Front['audit']>[0]) {
    return (end: SwitchEnd | PullEnd) => audit(by, { what, on }, outcomeOf(end));
  }

  const downloads = createDownloads(async function* (tag, signal) {
    try {
      yield* server.pull(tag, signal);
    } finally {
      stable.relist();
    }
  }, ending);

  return {
    async load(address, name, person) {
      await stable.freshen();
      const model = tagFor(name);
      const verdict = stable.judge(model);
      if (verdict.kind === 'never') throw insufficientMemory(model, verdict);
      await switches.admitLoad({ address, person }, model);
      return intentions.order(model, byOf(address, person), noteEnd('load-end', model, { address, person }));
    },

    cancelLoads(address, person) {
      const isMeant = (order: By) =>
        order.conversation === conversationOf(address) &&
        (person === undefined || order.person === ordererOf(address, person));
      return intentions.cancelOrders(isMeant) + downloads.cancel(isMeant);
    },

    orders: intentions.orders,
    async foresee(name) {
      await stable.freshen();
      const model = tagFor(name);
      return { model, verdict: stable.judge(model), ...stable.costOf(model) };
    },
    asksFirst: () => snapshot().settings.asksFirst,
    unload: (name) => intentions.dismiss(tagFor(name)),

    async pin(name, isPinned) {
      const model = isPinned ? tagFor(name) : pinnedTagFor(name);
      if (isPinned) requireRoomToPin(model);
      else requireUnpinnable(model);
      await intentions.pin(model, isPinned);
    },

    pinned: intentions.pinned,

    pull(address, name, person) {
      const tag = normaliseTag(tagOf(name, snapshot().settings.models));
      return downloads.order(tag, byOf(address, person), noteEnd('pull-end', tag, { address, person }));
    },

    async agree(address, id, { choice, question }, asker) {
      const conversation = conversationOf(address);
      const job = stable.jobsOf(conversation).find((open) => open.id === id);
      if (!job || stable.askedFor(id)?.id !== question) return false;
      if (asker !== undefined && job.message.person.id !== asker) {
        throw new OstlerError('Only who asked, or an admin, may decide that.', { code: 'forbidden' });
      }
      if (choice === 'switch') return stable.agree(id, question);
      // Nobody wants a model to be loaded again so that another one need not be.
      await stable.resync();
      const named = stable.askedFor(id)?.unloads ?? [];
      const resident = named.find((tag) =>
        stable.view().models.some((model) => model.tag === tag && model.state === 'ready'),
      );
      return resident !== undefined && redirect(id, conversation, resident);
    },

    typing(address) {
      warmUp(conversationOf(address)).catch((error: unknown) => {
        logger.debug({ ...toFailure(error) }, 'nothing was warmed up');
      });
    },
  } satisfies Partial<Front>;
}

function outcomeOf(end: SwitchEnd | PullEnd): string {
  if (end.type === 'failed') return end.failure.code;
  return end.type === 'cancelled' ? 'cancelled' : 'done';
}

/** Who orders something, and where. */
function byOf(address: Address, person: Message['person']): By {
  return { person: ordererOf(address, person), conversation: conversationOf(address) };
}
