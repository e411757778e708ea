import type { UnloadQuestion } from '../chat/progress.ts';
import { stopButton, unloadButtons } from './buttons.ts';
import type { Buttons, Content } from './messages.ts';
import type { Platform } from './platform.ts';

/** What is waited for. `words` are asked for when they can be shown. */
export type Card = {
  readonly words: () => string;
  /** Earlier answers are to come. */
  readonly early: boolean;
  /** What its person is asked. */
  readonly asks?: UnloadQuestion | undefined;
};

/** A card as a message. */
export function messageOf({ words, asks }: Card, job: string, platform: Platform) {
  const content = (): Content => platform.plain(`${asks ? '❓' : '⏳'} ${words()}`);
  const buttons: Buttons = asks ? unloadButtons(job, asks) : stopButton(job);
  return { content, buttons };
}
