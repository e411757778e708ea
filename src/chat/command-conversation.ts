import { type Choice, type Command, mayDecide, type Said } from './command.ts';

export const newCommand: Command = {
  name: 'new',
  description: 'Begin a new conversation',
  who: 'group-admins',
  isForAll: true,
  mayBeOpened: true,
  audit: () => ({ what: 'new' }),
  async run({ front, address, id }) {
    await front.startNew(address, id);
    return { markdown: 'New conversation: the models are told nothing of what was said before.' };
  },
};

/** What everybody shares is of nobody, and stays. */
const FORGOTTEN = [
  'Forgotten: what was asked and answered here is removed.',
  'What the cache kept of it for you or for this chat is given to nobody any more.',
].join(' ');

export const forgetCommand: Command = {
  name: 'forget',
  description: 'Remove what was said in this chat',
  who: 'group-admins',
  isForAll: true,
  audit: () => ({ what: 'forget' }),
  async run({ front, address, person, id }) {
    await front.forget(address, id, person.id);
    return { markdown: FORGOTTEN };
  },
};

/** Stops what was ordered, but no question. */
const LOADS: Choice = { value: 'loads', label: '⏹ Cancel' };
export const CANCEL_LOADS: NonNullable<Said['offer']> = { command: 'stop', choices: [LOADS] };

export const stopCommand: Command = {
  name: 'stop',
  description: 'Stop what waits and what is being answered or loaded',
  offers: () => [LOADS],
  who: 'everyone',
  isForAll: true,
  unlimited: true,
  async run(call) {
    const { front, address, person, kind } = call;
    const all = await mayDecide(call);
    const onlyLoads = call.argument.trim().toLowerCase() === LOADS.value;
    const cancelled = front.cancelLoads(address, all && kind === 'group' ? undefined : person);
    const stopped = onlyLoads ? 0 : await front.stop(address, all ? {} : { person: person.id });
    // Each says so itself.
    if (stopped + cancelled > 0) return { markdown: '' };
    if (onlyLoads) {
      return { markdown: all ? 'Nothing is being loaded here.' : 'Nothing of yours is being loaded here.' };
    }
    return {
      markdown: all
        ? 'Nothing is waiting or running here.'
        : 'None of your questions is waiting or running here.',
    };
  },
};
