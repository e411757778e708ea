const SIGNS = {
  not_loaded: ['⚪', ''],
  loading: ['🔵', 'loading'],
  ready: ['🟢', 'ready'],
  in_use: ['🟢', 'in use'],
  unloading: ['🟡', 'unloading'],
  failed: ['🔴', 'failed'],
};
const SOURCES = { local: '🏠', cloud: '☁️', cache: '⚡' };
const LONGEST_RULE = 32;

/** That nothing can be answered now. The house's own words are enough where they name the address. */
export function awayWords({ url, detail }) {
  if (detail.includes(url)) return `${detail} Trying again.`;
  return `Ollama at ${url} cannot be reached; trying again. ${detail}`.trim();
}

/** Who answered, why, and how fast. */
export function provenanceWords({ from, provenance, tokens, seconds, waitSeconds }) {
  const busySeconds = seconds - waitSeconds;
  const speed = from !== 'cache' && tokens > 1 && busySeconds > 0 ? tokens / busySeconds : undefined;
  return [
    `${SOURCES[from]} ${provenance.model}`,
    chosenWords(provenance),
    from === 'cache' ? 'from the cache' : '',
    secondsWords(seconds),
    speed === undefined ? '' : `${speed < 10 ? speed.toFixed(1) : Math.round(speed)}\u00a0tok/s`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function chosenWords({ by, rule }) {
  switch (by) {
    case 'rule':
      return rule === undefined ? 'by a rule' : `rule “${shorten(rule)}”`;
    case 'choice':
      return 'chosen for this chat';
    case 'message':
      return 'asked for this question';
    default:
      return 'default';
  }
}

const shorten = (text) => (text.length > LONGEST_RULE ? `${text.slice(0, LONGEST_RULE - 1)}…` : text);

export function secondsWords(seconds) {
  if (seconds < 0.05) return 'at once';
  if (seconds < 60) return `${seconds.toFixed(1)}\u00a0s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function sizeWords(bytes) {
  if (bytes <= 0) return '';
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

export function modelWords({ tag, aliases, state, reason, sizeBytes }) {
  const [sign, word] = SIGNS[state] ?? SIGNS.not_loaded;
  const name = aliases.length > 0 ? `${tag} (${aliases.join(', ')})` : tag;
  const told = [word, reason].filter(Boolean).join(': ');
  return [`${sign} ${name}`, sizeWords(sizeBytes), told].filter(Boolean).join(' · ');
}
