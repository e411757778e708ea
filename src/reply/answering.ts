import { createHash } from 'node:crypto';
import type { Exchange } from '../chat/exchange.ts';
import { OstlerError, toFailure, toOstlerError } from '../errors.ts';
import type { Job } from '../path/job.ts';
import { endingButtons, stopButton } from './buttons.ts';
import { type Card, messageOf } from './card.ts';
import { openLedger } from './ledger.ts';
import type { Buttons, Content, MessageId, SendOptions } from './messages.ts';
import { outcomeContents } from './outcome-contents.ts';
import type { Surroundings } from './surroundings.ts';

/** Who waited for longer has put the phone away: the answer comes as a message of its own, which rings. */
const CARD_BECOMES_ANSWER_MS = 20_000;

/** The messages of one answer. Everything is sent one after the other: who calls, waits for the call before. */
export type Answering = {
  /** Shows what is waited for. */
  wait(card: Card, signal: AbortSignal): Promise<void>;
  /** Shows the text so far. */
  grow(text: () => string, signal: AbortSignal): Promise<void>;
  /** Shows how it ended, whatever was shown before, also by another process. */
  conclude(exchange: Exchange, signal?: AbortSignal): Promise<void>;
};

export async function openAnswering(
  job: Job,
  { messages, platform, store, clock, logger }: Surroundings,
): Promise<Answering> {
  const ledger = await openLedger(store, platform.id, job.id);
  const target = job.message;
  const splitter = platform.createParts();
  const above = platform.above?.(job) ?? '';
  /** What each part looks like, as far as this process knows. */
  const shown: string[] = [];
  /** A preview was sent and nobody knows whether it arrived: no further one is, or each might stay for ever. */
  let isDoubtful = false;

  /** The first message answers the question where others write, too; further parts answer the first. */
  function replyTo(index: number): MessageId | undefined {
    if (index > 0) return ledger.page().parts[0]?.id;
    return target.kind === 'group' ? platform.askedBy(job) : undefined;
  }

  function throwIfDoubtful(): void {
    if (isDoubtful) throw leftOut();
  }

  async function send(content: () => Content, index: number, showing: SendOptions): Promise<MessageId> {
    try {
      return await messages.send(target, content, {
        silent: index > 0,
        replyTo: replyTo(index),
        key: `${job.id}:${index}`,
        ...showing,
      });
    } catch (error) {
      isDoubtful ||= showing.urgency === 'preview' && toOstlerError(error).code === 'unreachable';
      throw error;
    }
  }

  /** Edits the part, or sends it if there is none. `hash` is noted once the part is final. */
  async function show(
    index: number,
    content: () => Content,
    hash: string,
    showing: SendOptions,
  ): Promise<void> {
    const row = ledger.page().parts[index];
    let newest = '';
    const render = () => {
      const made = content();
      newest = made.markup;
      return made;
    };
    if (row?.id !== undefined && (await messages.edit(target, row.id, render, showing)) === 'edited') {
      if (hash !== '') await ledger.writePart(index, { id: row.id, hash });
    } else {
      if (showing.urgency === 'preview') throwIfDoubtful();
      await ledger.writePart(index, { hash });
      const id = await send(render, index, showing);
      await ledger.writePart(index, { id, hash });
    }
    shown[index] = lookOf(newest, showing.buttons);
  }

  /** The card makes way: as the first part if its person still looks at it and no earlier answer stands below. */
  async function useCard(): Promise<void> {
    const { card, ...page } = ledger.page();
    if (!card || card.early || page.parts.length > 0) return;
    if (clock.wall() - card.at > CARD_BECOMES_ANSWER_MS) return;
    await ledger.write({ ...page, parts: [{ id: card.id, hash: '' }] });
  }

  /** What cannot be removed stays: that changes nothing about the answer. */
  async function remove(id: MessageId, signal?: AbortSignal): Promise<void> {
    try {
      await messages.remove(target, id, signal);
    } catch (error) {
      const failure = toOstlerError(error);
      if (failure.retryable || signal?.aborted) throw error;
      logger.warn({ job: job.id, ...toFailure(failure) }, 'a message could not be removed');
    }
  }

  async function removeCard(signal?: AbortSignal): Promise<void> {
    const { card, ...page } = ledger.page();
    if (!card) return;
    await remove(card.id, signal);
    await ledger.write(page);
  }

  async function removeFrom(first: number, signal?: AbortSignal): Promise<void> {
    const { parts } = ledger.page();
    for (const { id } of parts.slice(first)) if (id !== undefined) await remove(id, signal);
    if (parts.length > first) await ledger.write({ ...ledger.page(), parts: parts.slice(0, first) });
  }

  async function conclude({ outcome }: Exchange, signal?: AbortSignal): Promise<void> {
    const contents = outcomeContents(outcome, platform, above);
    await useCard();
    for (const [index, content] of contents.entries()) {
      const hash = hashOf(content.markup);
      const row = ledger.page().parts[index];
      if (row?.id !== undefined && row.hash === hash) continue;
      const isLast = index === contents.length - 1;
      const buttons = isLast ? endingButtons(job.id, outcome, platform.againBelowAnswers) : undefined;
      await show(index, () => content, hash, { urgency: 'final', signal, buttons });
    }
    await removeFrom(contents.length, signal);
    await removeCard(signal);
    await ledger.write({ ...ledger.page(), done: true });
  }

  /** Throws where it may succeed later; else whoever can be told is told. */
  async function giveUp(error: OstlerError, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (error.retryable || error.code === 'storage') throw error;
    logger.error({ job: job.id, ...toFailure(error) }, 'an answer cannot be delivered');
    if (error.code === 'undeliverable') return;
    try {
      await removeCard(signal);
      const words = platform.plain(`⚠️ There is an answer, but ${platform.name} refuses to show it.`);
      await messages.send(target, words, { urgency: 'final', replyTo: platform.askedBy(job), signal });
    } catch (cause) {
      const failure = toOstlerError(cause);
      if (failure.retryable || failure.code === 'storage' || signal?.aborted) throw failure;
    }
  }

  return {
    async wait(shown, signal) {
      const { early } = shown;
      const { card } = ledger.page();
      const { content, buttons } = messageOf(shown, job.id, platform);
      const showing = { urgency: 'preview', silent: true, buttons, signal } as const;
      if (ledger.page().parts.length > 0) return show(0, content, '', showing);
      if (card && (await messages.edit(target, card.id, content, showing)) === 'edited') return;
      throwIfDoubtful();
      const id = await send(content, 0, { ...showing, key: `${job.id}:card` });
      await ledger.write({ ...ledger.page(), card: { id, at: clock.wall(), ...(early && { early }) } });
    },

    async grow(text, signal) {
      await useCard();
      const partsNow = () => splitter.parts(above + text());
      const parts = partsNow();
      for (let index = 0; index < parts.length; index += 1) {
        const isLast = index === parts.length - 1;
        const content = () => platform.render((isLast ? partsNow() : parts)[index] ?? nothing());
        const buttons = isLast ? stopButton(job.id) : undefined;
        if (shown[index] === lookOf(content().markup, buttons)) continue;
        await show(index, content, '', { urgency: 'preview', signal, buttons });
      }
      await removeCard();
    },

    async conclude(exchange, signal) {
      if (ledger.page().done) return;
      try {
        await conclude(exchange, signal);
      } catch (error) {
        await giveUp(toOstlerError(error), signal);
      }
    },
  };
}

const hashOf = (markup: string) => createHash('sha256').update(markup).digest('hex').slice(0, 16);

const lookOf = (markup: string, buttons: Buttons | undefined) => JSON.stringify([markup, buttons]);

function nothing(): never {
  throw leftOut();
}

/** A preview is left out: there is nothing to show now, or no telling whether it would be seen twice. */
function leftOut(): OstlerError {
  return new OstlerError('There is nothing to show.', { code: 'busy', retryable: true });
}
