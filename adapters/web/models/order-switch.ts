import { describeShare } from '../../../src/chat/describe-amount.ts';
import { describeUnload } from '../../../src/chat/describe-unload.ts';
import type { Front } from '../../../src/chat/front.ts';
import { concernsOf } from '../../../src/chat/load-concerns.ts';
import type { Foresight } from '../../../src/chat/status-view.ts';
import { toFailure } from '../../../src/errors.ts';
import { NOBODY } from '../../../src/models/displaced.ts';
import { insufficientMemory } from '../../../src/models/insufficient-memory.ts';
import type { SwitchEvent } from '../../../src/models/switching.ts';
import type { Caller } from '../../../src/people/presence.ts';
import { CHECKING, createSwitchFrames, errorFrame, type SwitchFrame } from './switch-events.ts';

/** What became of it at once (`done`, `asked`, an error's code), and what it tells from then on. */
type Ordered = { readonly outcome: string; readonly frames: AsyncIterable<SwitchFrame> };

/** Orders a load. `isSure`: nothing is asked first. Throws `not_installed`, `limited`, `unreachable`. */
export async function orderSwitch(
  front: Front,
  caller: Caller,
  name: string,
  isSure: boolean,
): Promise<Ordered> {
  const foreseen = await front.foresee(name);
  const { model, verdict } = foreseen;
  if (verdict.kind === 'never') {
    const failure = toFailure(insufficientMemory(model, verdict));
    return { outcome: failure.code, frames: one(errorFrame(failure, NOBODY, verdict)) };
  }
  const question = isSure ? undefined : questionOf(front, caller, foreseen);
  if (question !== undefined) {
    const hint = 'Send confirm: true if it shall be so.';
    return {
      outcome: 'asked',
      frames: one(errorFrame({ code: 'confirmation_required', message: question, hint })),
    };
  }
  return { outcome: 'done', frames: follow(await front.load(caller.address, name, caller.person)) };
}

function questionOf(front: Front, caller: Caller, foreseen: Foresight): string | undefined {
  const { underway, unloads } = concernsOf({ front, ...caller }, foreseen);
  const told = underway && `${underway.model} is about ${describeShare(underway.share)} loaded.`;
  const unloading = unloads.length > 0 && `${describeUnload(foreseen.model, { unloads, ...foreseen })}.`;
  return [told, unloading].filter(Boolean).join(' ') || undefined;
}

async function* one(frame: SwitchFrame): AsyncGenerator<SwitchFrame> {
  yield CHECKING;
  yield frame;
}

async function* follow(events: AsyncIterable<SwitchEvent>): AsyncGenerator<SwitchFrame> {
  const toFrames = createSwitchFrames();
  yield CHECKING;
  for await (const event of events) yield* toFrames(event);
}
