import * as api from './api.js';
import { randomId } from './dom.js';
import { createNote } from './note.js';

/** What somebody wrote: `{ question }`, or the `{ name, argument }` of a command. `//` begins a question with `/`. */
export function readInput(text) {
  if (text.startsWith('//')) return { question: text.slice(1) };
  const [, name, argument = ''] = /^\/(\S+)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
  return name === undefined ? { question: text } : { name, argument };
}

/**
 * Gives commands, and shows what they say in the conversation. `onGiven` is told what was said, in plain text; the
 * field is closed while a load is waited for.
 */
export function createCommands({ conversation, lock, onGiven }) {
  async function give({ note, place }, command, id = randomId()) {
    let last;
    let isOver = false;
    /** While it goes on, what is chosen is a command beside it. */
    const choose = (next) => (isOver ? give({ note, place }, next) : begin(next));
    note.giving(command);
    try {
      for await (const said of api.giveCommand({ id, ...command })) {
        note.say(said, choose);
        closeWhile(said, note, choose);
        // What was done is seen elsewhere.
        if (said.markdown === '') place.remove();
        if (last === undefined) onGiven(note.words());
        last = said;
      }
      // What can still be stopped goes on.
      if (last?.offer?.command === 'stop') return note.lost();
      note.ended();
      if (command.name.toLowerCase() === 'forget') conversation.forget();
      onGiven(note.words());
    } catch (failure) {
      if (last) return note.lost();
      note.fail(failure, () => give({ note, place }, command, id));
      onGiven(failure.message);
    } finally {
      isOver = true;
      lock.open(note);
    }
  }

  function closeWhile({ waits, offer }, note, choose) {
    if (waits === undefined) return lock.open(note);
    const [{ value }] = offer.choices;
    lock.close(note, waits, () => choose({ name: offer.command, argument: value }));
  }

  function begin(command) {
    const note = createNote();
    return give({ note, place: conversation.note(note.element) }, command);
  }

  return { give: (name, argument = '') => begin({ name, argument }) };
}
