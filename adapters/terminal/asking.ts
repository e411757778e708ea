import { describeUnload } from '../../src/chat/describe-unload.ts';
import { asksOf, type Progress, type UnloadQuestion } from '../../src/chat/progress.ts';
import type { Client } from './chat/client.ts';
import type { Decide } from './decide.ts';
import type { Screen } from './screen.ts';

type Asked = { readonly chat: string; readonly job: string; readonly decide?: Decide | undefined };

/** Puts to whoever sits there what holds a question up. */
export function createAsking(
  client: Pick<Client, 'agree' | 'stop'>,
  { chat, job, decide }: Asked,
  screen: Pick<Screen, 'saying'>,
  leave: AbortSignal,
) {
  let open: { readonly id: string; readonly ends: AbortController } | undefined;

  function end(): void {
    open?.ends.abort();
    open = undefined;
  }

  async function put(words: string, { id, resident }: UnloadQuestion, signal: AbortSignal): Promise<void> {
    const decision = await decide?.({ words, resident }, signal);
    if (decision === 'stop') await client.stop(chat, job, leave);
    else if (decision) await client.agree(chat, job, { choice: decision, question: id }, leave);
  }

  return {
    end,
    look(progress: Progress) {
      const asks = asksOf(progress);
      if (asks?.id === open?.id) return;
      end();
      if (!asks) return;
      open = { id: asks.id, ends: new AbortController() };
      const words = describeUnload(progress.model ?? '', asks);
      if (decide) {
        // What becomes of the question is told anyway.
        put(words, asks, AbortSignal.any([leave, open.ends.signal])).catch(() => {});
        return;
      }
      const instead =
        asks.resident === '' ? '' : `, or name the model that is there: --model ${asks.resident}`;
      screen.saying({
        markdown: `${words}. Nobody can be asked here: ask in a terminal${instead}. It waits.`,
      });
    },
  };
}
