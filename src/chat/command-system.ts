import { OstlerError } from '../errors.ts';
import { ADMINS_ONLY, type Command, mayChange, type Said } from './command.ts';
import type { Front } from './front.ts';
import type { Address } from './message.ts';

const LONGEST_CHARACTERS = 4_000;
/** Gives the chat the configuration's prompt again. */
const RESET = 'reset';
const VISIBLE = /[^\s\p{C}]/u;

export const systemCommand: Command = {
  name: 'system',
  description: 'Show or set what the models are told before each question',
  argument: { name: 'text' },
  who: 'everyone',
  isForAll: true,
  audit(argument) {
    if (argument === '') return undefined;
    return { what: 'system', on: argument.toLowerCase() === RESET ? RESET : 'own' };
  },
  async run(call) {
    const { front, address } = call;
    const wanted = call.argument.trim();
    if (wanted === '') return show(front, address);
    if (!(await mayChange(call))) return ADMINS_ONLY;
    if (wanted.toLowerCase() === RESET) {
      await front.setSystemPrompt(address, null);
      return { markdown: 'From now on this chat uses the system prompt of the configuration.' };
    }
    check(wanted);
    await front.setSystemPrompt(address, wanted);
    return { markdown: 'From now on this chat uses its own system prompt. `/system reset` takes it back.' };
  },
};

async function show(front: Front, address: Address): Promise<Said> {
  const own = await front.systemPrompt(address);
  if (own === null) return { markdown: 'This chat uses the system prompt of the configuration.' };
  return { markdown: `This chat uses its own system prompt:\n\n${codeBlock(own)}` };
}

function check(text: string): void {
  if (text.length > LONGEST_CHARACTERS) {
    throw new OstlerError('That is too long for a system prompt.', {
      code: 'too_long',
      hint: `Send at most ${LONGEST_CHARACTERS.toLocaleString('en')} characters.`,
    });
  }
  if (!VISIBLE.test(text)) {
    throw new OstlerError('There is no text in that.', {
      code: 'bad_input',
      hint: 'Write what to tell them.',
    });
  }
}

/** Nothing in the text ends the block: its fence is longer than every row of backticks in it. */
function codeBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(({ 0: row }) => row.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
