import { OstlerError } from '../errors.ts';
import type { PullEvent } from '../path/downloads.ts';
import type { PullProgress } from '../ports/models.ts';
import { codeSpan } from './code-span.ts';
import type { Command, Said } from './command.ts';
import { CANCEL_LOADS } from './command-conversation.ts';
import { describeGigabytes, describeShare } from './describe-amount.ts';
import { failureParagraphs } from './describe-answer.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { noteOf, requireName } from './model-name.ts';

export const pullCommand: Command = {
  name: 'pull',
  description: 'Download a model',
  argument: { name: 'model' },
  who: 'bot-admins',
  isForAll: true,
  audit: (argument) => noteOf('pull', argument),
  async run({ front, address, person, argument }) {
    const name = argument.trim();
    if (name === '') {
      throw new OstlerError('Which model?', { code: 'bad_input', hint: 'Write it like /pull qwen2.5:7b' });
    }
    requireName(name);
    const events = front.pull(address, name, person);
    return { ...sayOfPull(name, BEGINS), more: follow(name, events) };
  },
};

const BEGINS: PullEvent = { type: 'progress', progress: { status: '' } };

async function* follow(name: string, events: AsyncIterable<PullEvent>): AsyncGenerator<Said> {
  for await (const event of events) yield sayOfPull(name, event);
}

function sayOfPull(name: string, event: PullEvent): Said {
  const shown = codeSpan(name);
  switch (event.type) {
    case 'progress': {
      const how = describe(event.progress);
      return { markdown: `Downloading ${shown}${how === '' ? '' : `: ${how}`}`, offer: CANCEL_LOADS };
    }
    case 'pulled':
      return { markdown: `${shown} is installed.` };
    case 'cancelled': {
      const left = 'What is there already is used the next time.';
      return { markdown: `⏹ The download of ${shown} was stopped. ${left}`, undone: 'cancelled' };
    }
    case 'failed': {
      const { failure } = event;
      return { markdown: `⚠️ ${failureParagraphs(failure).join('\n\n')}`, undone: failure.code };
    }
  }
}

/** A model may be several files; Ollama tells of one after the other. */
function describe({ status, completedBytes, totalBytes }: PullProgress): string {
  if (completedBytes === undefined || totalBytes === undefined) return escapeMarkdown(status);
  const share = describeShare(Math.min(1, completedBytes / totalBytes));
  return `${describeGigabytes(completedBytes)} of ${describeGigabytes(totalBytes)} (${share})`;
}
