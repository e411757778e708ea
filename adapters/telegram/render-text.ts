/** What TDLib's clean_input_string drops or makes a space: control characters, changes of direction. */
const REFUSED = /[^\P{Cc}\t\n]|[\u202a-\u202e]/gu;
const REFERENCE = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z][A-Za-z\d]{1,15}));/g;

/** The named references that models write; others stay as they were written. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', ensp: '\u2002', emsp: '\u2003' },
  ...{ thinsp: '\u2009', zwnj: '\u200c', zwj: '\u200d', shy: '\u00ad', copy: '©', reg: '®', trade: '™' },
  ...{ hellip: '…', ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', sbquo: '‚' },
  ...{ bdquo: '„', laquo: '«', raquo: '»', lsaquo: '‹', rsaquo: '›', bull: '•', middot: '·', sect: '§' },
  ...{ para: '¶', dagger: '†', deg: '°', micro: 'µ', plusmn: '±', times: '×', divide: '÷', minus: '−' },
  ...{ frac12: '½', frac14: '¼', frac34: '¾', sup1: '¹', sup2: '²', sup3: '³', le: '≤', ge: '≥', ne: '≠' },
  ...{ asymp: '≈', equiv: '≡', infin: '∞', sum: '∑', prod: '∏', int: '∫', radic: '√', part: '∂' },
  ...{ isin: '∈', notin: '∉', cap: '∩', cup: '∪', sub: '⊂', sup: '⊃', forall: '∀', exist: '∃', and: '∧' },
  ...{ or: '∨', not: '¬', larr: '←', uarr: '↑', rarr: '→', darr: '↓', harr: '↔', lArr: '⇐', rArr: '⇒' },
  ...{ hArr: '⇔', euro: '€', pound: '£', yen: '¥', cent: '¢', check: '✓', cross: '✗', hearts: '♥' },
  ...{ alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ε', theta: 'θ', lambda: 'λ', mu: 'μ' },
  ...{ pi: 'π', rho: 'ρ', sigma: 'σ', tau: 'τ', phi: 'φ', omega: 'ω', Delta: 'Δ', Sigma: 'Σ', Omega: 'Ω' },
  ...{ auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é' },
  ...{ egrave: 'è', agrave: 'à', ccedil: 'ç', ntilde: 'ñ', lbrack: '[', rbrack: ']', vert: '|', ast: '*' },
};

/** Without what Telegram refuses or drops: control characters, halves of surrogate pairs. */
export function cleanText(text: string): string {
  const lines = text.replace(/\r\n?|[\u2028\u2029]/g, '\n');
  return lines.replace(REFUSED, '').toWellFormed();
}

/** Character references as what they stand for. */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  const decoded = text.replace(
    REFERENCE,
    (written: string, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? written) : written;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number.parseInt(decimal, 10);
      return code === 0 || code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
    },
  );
  return cleanText(decoded);
}

/** Text as HTML; Telegram knows no other named references than these four. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
