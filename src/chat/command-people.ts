import { OstlerError } from '../errors.ts';
import type { Known } from '../people/presence.ts';
import { ROLES, type Role } from '../people/role.ts';
import { codeSpan } from './code-span.ts';
import type { Command } from './command.ts';
import { oneLine } from './one-line.ts';

/** Codes and ids are shorter; nothing longer is repeated. */
const LONGEST_SHOWN = 64;

export const approveCommand: Command = {
  name: 'approve',
  description: 'Let somebody use the bot: a pairing code or an id, then admin or owner if they shall be that',
  argument: { name: 'code' },
  who: 'bot-admins',
  audit: (argument) => ({ what: 'approve', ...aboutWhom(argument) }),
  async run({ front, address, person, role, argument }) {
    const [who = '', as, ...more] = argument.trim().split(/\s+/);
    if (who === '' || more.length > 0) throw usage('/approve ABCD2345, or /approve telegram:123456789 admin');
    const known = await front.approve(
      { address, person, role },
      who,
      as === undefined ? undefined : roleOf(as),
    );
    return { markdown: `${nameOf(known)} may use the bot now, as ${known.role}.` };
  },
};

export const blockCommand: Command = {
  name: 'block',
  description: 'Answer somebody no more, by their id; /approve takes it back',
  argument: { name: 'id' },
  who: 'bot-admins',
  audit: (argument) => ({ what: 'block', ...aboutWhom(argument) }),
  async run({ front, address, person, role, argument }) {
    const who = argument.trim();
    if (who === '' || /\s/.test(who)) throw usage('/block telegram:123456789');
    const known = await front.block({ address, person, role }, who);
    return { markdown: `${nameOf(known)} is not answered any more.` };
  },
};

/** Codes, ids and roles are noted; what somebody wrote by mistake is not. */
function aboutWhom(argument: string): { readonly on?: string } {
  return /^[\w:-]{1,64}( +[a-z]{1,10})?$/i.test(argument) ? { on: argument } : {};
}

function roleOf(word: string): Role {
  const role = ROLES.find((one) => one === word.toLowerCase());
  if (role) return role;
  throw new OstlerError(`There is no role “${oneLine(word, LONGEST_SHOWN)}”.`, {
    code: 'bad_input',
    hint: `The roles are ${ROLES.join(', ')}.`,
  });
}

function usage(example: string): OstlerError {
  return new OstlerError('Who is meant?', { code: 'bad_input', hint: `Write it like ${example}` });
}

function nameOf({ platform, id, name }: Known): string {
  const told = codeSpan(`${platform}:${id}`);
  return name === undefined ? told : `${codeSpan(name)} (${told})`;
}
