import { h } from './dom.js';
import { endingOf } from './ending.js';
import { perFrame } from './frame.js';
import { createMarkdown } from './markdown.js';
import { createProgressLine } from './progress-line.js';

/** Ostler's part of an exchange: what is waited for, the growing text, and how it ended. */
export function createAnswer({ onStop, onAgain, onAgree }) {
  const markdown = createMarkdown();
  const progress = createProgressLine({ onStop, onAgree });
  const thoughts = h('div', { class: 'thoughts' });
  const thoughtLabel = h('summary', {}, 'Thinking…');
  const thinking = h('details', { class: 'thinking', hidden: true }, thoughtLabel, thoughts);
  const end = h('div', { class: 'end' });
  const parts = [thinking, markdown.element, progress.element, end];
  const element = h('div', { class: 'answer', hidden: true }, ...parts);
  let text = '';
  let thought = '';

  const frame = perFrame(() => {
    progress.setBegun(text !== '');
    markdown.show(text);
    showThinking(thought, text === '' ? 'Thinking…' : 'Thoughts');
  });

  function showThinking(whole, label) {
    thinking.hidden = whole === '';
    if (thoughts.textContent !== whole) thoughts.textContent = whole;
    if (thoughtLabel.textContent !== label) thoughtLabel.textContent = label;
  }

  function restart() {
    text = '';
    thought = '';
    frame.ask();
  }

  return {
    element,
    restart,
    progress: progress.show,
    /** Also when it begins anew: after a lost connection all that was said is said again. */
    begin() {
      element.hidden = false;
      restart();
    },
    addText(more) {
      text += more;
      frame.ask();
    },
    addThinking(more) {
      thought += more;
      frame.ask();
    },
    end(outcome, words) {
      frame.cancel();
      progress.remove();
      element.hidden = false;
      const ending = endingOf(outcome, words, onAgain);
      markdown.show(ending.text);
      showThinking(ending.thinking, 'Thoughts');
      end.replaceChildren(...ending.parts);
    },
  };
}
