import { CONTEXT_TOKENS } from './machine.ts';
import type { Asked } from './play.ts';

/** A plain client: asks Ollama itself, one question of a chat after the other. */
export function askStraight(url: string, more: { keep_alive?: string; signal?: AbortSignal } = {}): Asked {
  const { signal = null, ...wish } = more;
  return {
    keepsOrder: false,
    async ask({ model, text }) {
      const messages = [{ role: 'user', content: text }];
      const body = { model, messages, options: { num_ctx: CONTEXT_TOKENS }, ...wish };
      const request = { method: 'POST', body: JSON.stringify(body), signal };
      const response = await fetch(`${url}/api/chat`, request);
      if (!response.ok || !response.body) throw new Error(`Ollama: ${await response.text()}`);
      let firstTokenAt: number | undefined;
      for await (const _ of response.body) firstTokenAt ??= performance.now();
      if (firstTokenAt === undefined) throw new Error('Ollama answered nothing.');
      return firstTokenAt;
    },
  };
}
