import type { Events } from './events.ts';
import { type Content, isObject } from './wire.ts';

const FIRST_ID = 100_000_001;
/** Those of which a bot must be told by name. */
const ONLY_IF_ASKED = ['chat_member', 'message_reaction', 'message_reaction_count'];
/** The queue's head is cut off once so much of it is gone. */
const COMPACT_AFTER = 1_024;

export type Pending = {
  /** Its place; the `update_id` too, unless a pushed update has one of its own. */
  readonly id: number;
  readonly update: unknown;
  delivered: boolean;
};

/** The updates that the bot has not confirmed, in order. */
export type Updates = {
  /** Makes an update of the content, unless the bot does not want its kind. */
  add(content: Content): void;
  /** Puts anything in the queue as it is. */
  push(update: unknown): void;
  /** Everything before the offset is confirmed; a negative one keeps so many from the end. */
  confirm(offset: number): void;
  /** A webhook took it. */
  remove(pending: Pending): void;
  clear(): void;
  /** The first ones. */
  first(limit: number): readonly Pending[];
  all(): readonly Pending[];
  /** Empty: all but those that must be asked for. */
  allow(kinds: readonly string[]): void;
  allowed(): readonly string[];
  /** Called for each new one. */
  onAdd(listener: () => void): void;
};

export function createUpdates(events: Events): Updates {
  let queue: Pending[] = [];
  let head = 0;
  let nextId = FIRST_ID;
  let kinds: readonly string[] = [];
  const listeners: (() => void)[] = [];

  const enqueue = (pending: Pending) => {
    nextId = pending.id + 1;
    queue.push(pending);
    events.emit({ type: 'update', id: pending.id, update: pending.update });
    for (const listener of listeners) listener();
  };
  const moveHead = (count: number, offset: number) => {
    head += count;
    if (head > COMPACT_AFTER && head * 2 > queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
    if (count > 0) events.emit({ type: 'confirmed', offset, count });
  };
  const wants = (content: Content) =>
    Object.keys(content).some((kind) =>
      kinds.length === 0 ? !ONLY_IF_ASKED.includes(kind) : kinds.includes(kind),
    );

  return {
    add(content) {
      if (!wants(content)) return;
      enqueue({ id: nextId, update: { update_id: nextId, ...content }, delivered: false });
    },
    push(update) {
      const own = ownId(update);
      enqueue({ id: own !== undefined && own >= nextId ? own : nextId, update, delivered: false });
    },
    confirm(offset) {
      if (offset < 0) {
        const gone = Math.max(0, queue.length - head + offset);
        return moveHead(gone, queue[head + gone]?.id ?? nextId);
      }
      let gone = 0;
      while (isBefore(queue[head + gone], offset)) gone += 1;
      moveHead(gone, offset);
    },
    remove(pending) {
      const index = queue.indexOf(pending, head);
      if (index < 0) return;
      queue.splice(index, 1);
      events.emit({ type: 'confirmed', offset: pending.id + 1, count: 1 });
    },
    clear: () => moveHead(queue.length - head, nextId),
    first: (limit) => queue.slice(head, head + limit),
    all: () => queue.slice(head),
    allow: (wanted) => {
      kinds = wanted;
    },
    allowed: () => kinds,
    onAdd: (listener) => void listeners.push(listener),
  };
}

/** What was pushed under an older id is confirmed with that id once it was delivered. */
function isBefore(pending: Pending | undefined, offset: number): boolean {
  if (!pending) return false;
  const own = ownId(pending.update);
  return pending.id < offset || (pending.delivered && own !== undefined && own < offset);
}

function ownId(update: unknown): number | undefined {
  if (!isObject(update)) return undefined;
  return Number.isSafeInteger(update.update_id) ? (update.update_id as number) : undefined;
}
