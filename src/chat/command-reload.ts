import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';

export const reloadCommand: Command = {
  name: 'reload',
  description: 'Read the configuration anew',
  who: 'bot-admins',
  audit: () => ({ what: 'reload' }),
  async run({ front }) {
    const { changed, waiting } = await front.reload();
    const told = [
      ...(changed.length > 0 ? [`In force now: ${changed.map(codeSpan).join(', ')}.`] : []),
      ...(waiting.length > 0 ? [`This waits for a restart: ${waiting.map(codeSpan).join(', ')}.`] : []),
    ];
    return { markdown: told.join('\n\n') || 'Nothing has changed.' };
  },
};
