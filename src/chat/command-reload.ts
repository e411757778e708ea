import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';

export const reloadCommand: Command = {
  name: 'reload',
  description: 'Read the configuration anew',
  who: 'bot-admins',
  audit: () => ({ what: 'reload' }),
  async run({ front }) {
    const { changed, waiting } = await front.reload();
    const told =
      changed.length === 0 ? 'Nothing has changed.' : `In force now: ${changed.map(codeSpan).join(', ')}.`;
    if (waiting.length === 0) return { markdown: told };
    return { markdown: `${told}\n\nThis waits for a restart: ${waiting.map(codeSpan).join(', ')}.` };
  },
};
