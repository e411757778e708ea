import type { ChatPlatform, Surroundings } from '../../src/ports/chat.ts';
import { createBudget } from '../../src/reply/budget.ts';
import { openChatReplies } from '../../src/reply/chat-replies.ts';
import { createEdits } from '../../src/reply/edits.ts';
import { createCalls } from './calls.ts';
import { connect, type Webhook } from './connect.ts';
import { openDraft } from './draft.ts';
import { fetchFile } from './fetch-file.ts';
import { createHandler } from './handler.ts';
import { createMessages } from './messages.ts';
import { openApi, rootOf } from './open-api.ts';
import { TELEGRAM_PACING } from './pacing.ts';
import { TELEGRAM } from './platform.ts';
import { isGroup } from './target.ts';

type TelegramOptions = {
  readonly token: string;
  readonly api_url: string;
  readonly webhook: Webhook;
  /** Asked for with every update and reply: it may change. */
  readonly current: () => {
    readonly streaming: 'edit' | 'draft' | 'off';
  };
};

/** The bot on Telegram; nothing is asked of Telegram before there is a reason to. */
export function openTelegram(options: TelegramOptions, { store, clock, logger }: Surroundings): ChatPlatform {
  const { token, api_url, current } = options;
  const api = openApi(token, api_url);
  const calls = createCalls({
    api,
    budget: createBudget(clock, TELEGRAM_PACING, TELEGRAM.name),
    clock,
    logger,
  });
  const messages = createMessages(calls);
  const edits = createEdits({ messages, store, logger, platform: TELEGRAM.id });
  const replies = openChatReplies({ messages, platform: TELEGRAM, edits, store, clock, logger }, (job) => {
    const { streaming } = current();
    const drafts = streaming === 'draft' && !isGroup(job.message.address.chat);
    return {
      grows: streaming !== 'off',
      ...(drafts && { open: (job, around) => openDraft(job, around, calls) }),
    };
  });

  return {
    chat: {
      openReply: replies.open,
      say: replies.say,
      fetchFile: (file, signal) => fetchFile(api, `${rootOf(api_url)}/file/bot${token}`, file, signal),
    },

    async listen(front) {
      const connection = await connect(api, options.webhook, {
        clock,
        logger,
        handlerFor: (bot) => createHandler({ front, api, bot, calls, messages, edits, store, clock, logger }),
      });
      return {
        state: connection.state,
        async close() {
          await connection.close();
          await replies.leave();
        },
      };
    },
  };
}
