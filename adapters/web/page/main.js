import * as api from './api.js';
import { createCommands } from './commands.js';
import { createComposer } from './composer.js';
import { createConversation } from './conversation.js';
import { watchHouse } from './house.js';
import { createLock } from './lock.js';
import { createPicker } from './models.js';
import { createOutbox } from './outbox.js';
import { createPictures } from './pictures.js';
import { createScroll } from './scroll.js';
import { createStream } from './stream.js';
import { createSuggestions } from './suggestions.js';
import { createWelcome } from './welcome.js';

const TITLE = 'Ostler';
/** As people write it: the rules choose the model. */
const AUTO = 'auto';
const LET_GO_MS = 60_000;

const at = (id) => document.getElementById(id);
let runningJobs = [];
let lettingGo;

const scroll = createScroll({ scroller: at('scroller'), content: at('conversation'), jump: at('jump') });
const picker = createPicker({
  select: at('model'),
  onChoose(model) {
    scroll.follow();
    return commands.give('model', model ?? AUTO);
  },
});
const pictures = createPictures({
  list: at('pictures'),
  input: at('files'),
  textarea: at('text'),
  dropZone: document.body,
  onProblem: showProblem,
});

const conversation = createConversation({
  root: at('conversation'),
  welcome: createWelcome({ onAsk: (text) => ask(text, []) }),
  onAgain: askAgain,
  onProblem: showProblem,
  onEnded: announce,
  onChange(jobs) {
    runningJobs = jobs;
    lookAway();
  },
});
const outbox = createOutbox({ conversation });
const lock = createLock({ line: at('lock'), fields: at('fields'), textarea: at('text') });
const commands = createCommands({ conversation, lock, onGiven: afterCommand });
createSuggestions({
  textarea: at('text'),
  list: at('suggestions'),
  onCount(count) {
    at('announcer').textContent = count === 1 ? '1 suggestion' : `${count} suggestions`;
  },
});
const composer = createComposer({
  form: at('composer'),
  textarea: at('text'),
  pictures,
  onAsk: ask,
  onCommand: command,
  // Nothing depends on it.
  onTyping: () => api.typing().catch(() => {}),
});

const stream = createStream({
  onOpen: conversation.reopened,
  onConnected(connected) {
    at('connection').hidden = connected;
  },
  onEvent: conversation.apply,
});

function ask(text, attached, more = {}) {
  showProblem(undefined);
  scroll.follow();
  void outbox.send(text, attached, more);
}

function command(name, argument) {
  showProblem(undefined);
  scroll.follow();
  void commands.give(name, argument);
}

/** What a command changed may be seen above. */
function afterCommand(words) {
  at('announcer').textContent = words;
  void lookAtHouse();
}

/** Pictures are kept only by the page that sent them. `cache`: what is wished of it, if anything. */
function askAgain({ question, pictures: sent }, cache) {
  const lost = (question.images?.length ?? 0) > 0 && sent.length === 0;
  const more = { ...(question.standalone && { standalone: true }), ...(cache && { cache }) };
  if (!lost) return ask(question.text, sent, more);
  composer.write(question.text.replace(/^\//, '//'));
  showProblem({ message: 'The picture is no longer here: attach it again, then send.' });
}

async function startNew() {
  at('text').focus();
  await api.startNew().then(scroll.follow, showProblem);
}

function showProblem(failure) {
  at('problem').hidden = failure === undefined;
  at('problem').textContent = failure ? [failure.message, failure.hint].filter(Boolean).join(' ') : '';
}

/** One sentence when an answer ends, not a word for each token. */
function announce(outcome) {
  at('announcer').textContent = {
    answer: () => `The answer from ${outcome.answer.provenance.model} is complete.`,
    failure: () => `No answer: ${outcome.failure.message}`,
    cancelled: () => 'Stopped.',
  }[outcome.kind]();
}

/** A hidden tab shows that an answer runs; where none does, it lets go: browsers have few connections. */
function lookAway() {
  clearTimeout(lettingGo);
  document.title = document.hidden && runningJobs.length > 0 ? `● ${TITLE}` : TITLE;
  if (document.hidden && runningJobs.length === 0) lettingGo = setTimeout(stream.close, LET_GO_MS);
}

document.addEventListener('visibilitychange', () => {
  lookAway();
  if (!document.hidden && !stream.isOpen) stream.connect();
});
document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.key === 'Escape' && runningJobs.length > 0) api.stop(runningJobs[0]).catch(showProblem);
  if (event.altKey && event.code === 'KeyN') {
    event.preventDefault();
    void startNew();
  }
});
at('new').addEventListener('click', startNew);

let reached = true;
const lookAtHouse = watchHouse({
  async onStatus(status) {
    at('simulated').hidden = !status.simulated;
    at('ollama').hidden = status.ollama.reachable;
    at('ollama').textContent = status.ollama.words;
    await picker.refresh(status.models);
  },
  onReached(now) {
    // A connection that fell asleep says nothing; that the house answers again does.
    if (now && !reached) stream.connect();
    if (!now) at('connection').hidden = false;
    reached = now;
  },
});
stream.connect();
