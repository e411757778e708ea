import { Marked } from '/vendor/marked.js';
import DOMPurify from '/vendor/purify.js';
import { copyButton, h } from './dom.js';

// Models write these bare; any other markup in an answer is meant to be read, not obeyed.
const HARMLESS = /&lt;(\/?(?:br|sub|sup|kbd|b|i|u|s|em|strong|mark|details|summary)\s*\/?)&gt;/gi;
const TAGS =
  'p br hr h1 h2 h3 h4 h5 h6 strong em b i u s del mark sub sup kbd code pre blockquote ul ol li ' +
  'table thead tbody tr th td a img input details summary';
const ATTRIBUTES = 'href title alt src align start class type checked disabled';

const marked = new Marked({ gfm: true, breaks: true });
marked.use({ renderer: { html: ({ text }) => escapeHtml(text).replace(HARMLESS, '<$1>') } });

const purify = DOMPurify(window);
purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer');
  } else if (node.tagName === 'IMG' && !/^data:image\//.test(node.getAttribute('src') ?? '')) {
    // A picture from elsewhere would tell its server who reads this.
    const name = node.getAttribute('alt') || 'picture';
    node.replaceWith(
      h('span', { class: 'no-picture' }, `🖼 ${name} (not loaded: ${node.getAttribute('src')})`),
    );
  } else if (node.tagName === 'INPUT' && node.getAttribute('type') !== 'checkbox') {
    node.remove();
  }
});

function escapeHtml(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

function renderBlock(token) {
  const block = h('div', { class: 'block' });
  block.append(
    purify.sanitize(marked.parser([token]), {
      ALLOWED_TAGS: TAGS.split(' '),
      ALLOWED_ATTR: ATTRIBUTES.split(' '),
      ALLOW_DATA_ATTR: false,
      ALLOW_ARIA_ATTR: false,
      ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
      RETURN_DOM_FRAGMENT: true,
    }),
  );
  for (const pre of block.querySelectorAll('pre')) frameCode(pre);
  for (const table of block.querySelectorAll('table')) {
    const frame = h('div', { class: 'table', tabindex: '0', role: 'group', 'aria-label': 'Table' });
    table.replaceWith(frame);
    frame.append(table);
  }
  return block;
}

function frameCode(pre) {
  const language = /language-([\w+#.-]+)/.exec(pre.firstElementChild?.className ?? '')?.[1] ?? 'text';
  const copy = copyButton(() => pre.textContent.trimEnd(), {
    class: 'quiet',
    'aria-label': `Copy this ${language}`,
  });
  const figure = h('figure', { class: 'code' }, h('figcaption', {}, h('span', {}, language), copy));
  pre.replaceWith(figure);
  pre.setAttribute('tabindex', '0');
  figure.append(pre);
}

/**
 * Shows Markdown that grows: only blocks that changed are made anew, so what a person has selected in the
 * others stays selected and long answers stay cheap.
 */
export function createMarkdown() {
  const element = h('div', { class: 'markdown' });
  let shown = [];

  return {
    element,
    show(text) {
      const tokens = marked.lexer(text).filter((token) => token.type !== 'space' && token.type !== 'def');
      const same = tokens.findIndex((token, index) => token.raw !== shown[index]);
      const keep = same === -1 ? tokens.length : same;
      while (element.childElementCount > keep) element.lastElementChild.remove();
      element.append(...tokens.slice(keep).map(renderBlock));
      shown = tokens.map((token) => token.raw);
    },
  };
}
