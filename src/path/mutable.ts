import type { Reply } from '../ports/reply.ts';

/** What shows nothing more on the way once it was told so. */
export function mutable(reply: Reply): Reply & { mute(): void } {
  let isMuted = false;
  return {
    ...reply,
    progress(progress) {
      if (!isMuted) reply.progress(progress);
    },
    thinking(text) {
      if (!isMuted) reply.thinking(text);
    },
    text(text) {
      if (!isMuted) reply.text(text);
    },
    mute() {
      isMuted = true;
    },
  };
}
