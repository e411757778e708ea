import * as api from './api.js';
import { h } from './dom.js';
import { createExchange } from './exchange.js';

/**
 * What the events of the house make of the page. Everything is known by its job or its entry's id, so an
 * event that comes again changes nothing.
 */
export function createConversation({ root, welcome, onAgain, onProblem, onEnded, onChange }) {
  const byJob = new Map();
  const freshStarts = new Set();
  /** Jobs that ran when the connection broke and have not been told of since. */
  const doubtful = new Set();
  let talk = h('section', { class: 'talk' });
  let held = [];
  let holders = 0;
  root.append(talk);

  const running = () => [...byJob].filter(([, item]) => item.state === 'running');
  const pending = () => [...talk.querySelectorAll('article[data-state="pending"]')];

  /** What is kept or taken stands above what this page has not got rid of yet. */
  function place(element) {
    talk.insertBefore(element, pending().find((one) => one !== element) ?? null);
  }

  function changed() {
    if (welcome.parentElement !== talk) talk.append(welcome);
    welcome.hidden = talk.querySelector('article, .note') !== null;
    onChange(running().map(([job]) => job));
  }

  function make(question, pictures, jobOf) {
    const item = createExchange({
      question,
      pictures,
      onStop: () => api.stop(jobOf()).catch(onProblem),
      onAgain: (cache) => onAgain(item, cache),
      onAgree: (answer) => api.agree(jobOf(), answer).catch(onProblem),
    });
    return item;
  }

  function known(job, question) {
    const old = byJob.get(job);
    if (old) return old;
    const item = make(question, [], () => job);
    byJob.set(job, item);
    place(item.element);
    return item;
  }

  function beginTalk(id, at) {
    if (freshStarts.has(id)) return;
    freshStarts.add(id);
    const waiting = pending();
    talk = h('section', { class: 'talk' });
    const when = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    talk.append(h('h2', { class: 'divider' }, `New conversation · ${when}`), ...waiting);
    root.append(talk);
  }

  function enter({ id, entry, words }) {
    if (entry.kind === 'new') return beginTalk(id, entry.at);
    const item = known(id, entry.question);
    if (item.state === 'ended') return;
    const wasRunning = item.state === 'running';
    item.end(entry.outcome, words);
    if (wasRunning) onEnded(entry.outcome);
  }

  function applyToJob(event) {
    const item = event.type === 'asked' ? known(event.job, event.question) : byJob.get(event.job);
    if (!item || item.state === 'ended') return;
    if (event.type === 'asked') {
      doubtful.delete(event.job);
      item.begin();
    } else if (event.type === 'progress') item.answer.progress(event);
    else if (event.type === 'thinking') item.answer.addThinking(event.text);
    else if (event.type === 'text') item.answer.addText(event.text);
    else if (event.type === 'restart') item.answer.restart();
  }

  function settle() {
    for (const job of doubtful) {
      byJob.get(job)?.element.remove();
      byJob.delete(job);
    }
    doubtful.clear();
  }

  function apply(event) {
    const job = event.type === 'entry' ? event.id : event.job;
    if (holders > 0 && job !== undefined && !byJob.has(job)) {
      held.push(event);
      return;
    }
    if (event.type === 'entry') enter(event);
    else if (event.type === 'live') settle();
    else applyToJob(event);
    if (!['text', 'thinking', 'progress'].includes(event.type)) changed();
  }

  return {
    apply,
    /** The connection is open again: what is not told of until `live` is gone. */
    reopened() {
      doubtful.clear();
      for (const [job] of running()) doubtful.add(job);
    },
    /** A question of this page, shown before the house knows it. */
    own(question, pictures) {
      let job;
      const item = make(question, pictures, () => job);
      talk.append(item.element);
      changed();
      return {
        ...item,
        remove() {
          item.element.remove();
          changed();
        },
        /** Another view of the same job stays, should events have come first. */
        taken(taken) {
          job = taken;
          if (byJob.has(job)) item.element.remove();
          else {
            byJob.set(job, item);
            place(item.element);
            item.begin();
          }
          changed();
        },
      };
    },
    /** Stands where it was given, and is no part of what is kept. */
    note(element) {
      talk.append(element);
      changed();
      return {
        remove() {
          element.remove();
          changed();
        },
      };
    },
    /** What was answered is no longer kept. */
    forget() {
      for (const item of byJob.values()) if (item.state === 'ended') item.element.remove();
      changed();
    },
    /** While a question is on its way, events of unknown jobs wait: one of them may be its own. */
    hold() {
      holders += 1;
    },
    release() {
      holders -= 1;
      if (holders > 0) return;
      const events = held;
      held = [];
      for (const event of events) apply(event);
    },
  };
}
