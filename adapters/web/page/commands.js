import * as api from './api.js';
import { randomId } from './dom.js';
import { createNote } from './note.js';

/** What somebody wrote: `{ question }`, or the `{ name, argument }` of a command. `//` begins a question with `/`. */
export function readInput(text) {
  if (text.startsWith('//')) return { question: text.slice(1) };
  const [, name, argument = ''] = /^\/(\S+)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
  return name === undefined ? { question: text } : { name, argument };
}

/** Gives commands, and shows what they say in the conversation. `onGiven` is told what was said, in plain text. */
export function createCommands({ conversation, onGiven }) {
  async function give({ note, place }, command, id = randomId()) {
    const again = (next, sameId) => give({ note, place }, next, sameId);
    note.giving(command);
    try {
      const said = await api.giveCommand({ id, ...command });
      note.say(said, (argument) => again({ name: said.offer.command, argument }));
      // What was done is seen elsewhere.
      if (said.markdown === '') place.remove();
      if (command.name.toLowerCase() === 'forget') conversation.forget();
      onGiven(note.words());
    } catch (failure) {
      note.fail(failure, () => again(command, id));
      onGiven(failure.message);
    }
  }

  return {
    give(name, argument = '') {
      const note = createNote();
      return give({ note, place: conversation.note(note.element) }, { name, argument });
    },
  };
}
