import { type Command, mayDecide } from './command.ts';

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

export const forgetCommand: Command = {
  name: 'forget',
  description: 'Remove what was said in this chat',
  who: 'group-admins',
  isForAll: true,
  audit: () => ({ what: 'forget' }),
  async run({ front, address, person, id }) {
    await front.forget(address, id, person.id);
    return { markdown: 'Forgotten: what was asked and answered here is no longer kept.' };
  },
};

export const stopCommand: Command = {
  name: 'stop',
  description: 'Stop what waits and what is being answered',
  who: 'everyone',
  isForAll: true,
  unlimited: true,
  async run(call) {
    const { front, address, person } = call;
    const all = await mayDecide(call);
    const stopped = await front.stop(address, all ? {} : { person: person.id });
    // Each stopped question says so itself.
    if (stopped > 0) return { markdown: '' };
    return {
      markdown: all
        ? 'Nothing is waiting or running here.'
        : 'None of your questions is waiting or running here.',
    };
  },
};
