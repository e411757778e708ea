const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
const HIGHEST_CODE_POINT = 0x10ffff;
const LONGEST_REFERENCE = 10;

/** What is no reference that Telegram knows stays as it is; the semicolon may be missing. */
export function decodeReference(html: string, at: number): { readonly text: string; readonly end: number } {
  const found = /^&(?:#x([0-9a-f]*)|#([0-9]*)|([a-z]*))(;?)/i.exec(
    html.slice(at, at + 2 * LONGEST_REFERENCE),
  );
  if (!found) return { text: '&', end: at + 1 };
  const [all, hex, decimal, name, semicolon = ''] = found;
  const end = at + all.length;
  if (name !== undefined) {
    const character = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
    return character === undefined ? { text: '&', end: at + 1 } : { text: character, end };
  }
  const code = hex !== undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal ?? '', 10);
  const tooLong = all.length - semicolon.length >= LONGEST_REFERENCE;
  if (!(code > 0) || code >= HIGHEST_CODE_POINT || tooLong) return { text: '&', end: at + 1 };
  return { text: String.fromCodePoint(code), end };
}
