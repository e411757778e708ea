import type { Chat } from '../ports/chat.ts';
import type { OpenReply } from '../ports/reply.ts';

/** Every answer reaches who follows its conversation, and its own platform where that is one of the chats. */
export function createReplies(live: OpenReply, chats: Readonly<Record<string, Chat>>): OpenReply {
  return (job) => {
    const followers = live(job);
    const chat = chats[job.message.address.platform];
    if (!chat) return followers;
    const own = chat.openReply(job);
    return {
      progress(progress) {
        followers.progress(progress);
        own.progress(progress);
      },
      thinking(text) {
        followers.thinking(text);
        own.thinking(text);
      },
      text(text) {
        followers.text(text);
        own.text(text);
      },
      restart() {
        followers.restart();
        own.restart();
      },
      finish: own.finish,
    };
  };
}
