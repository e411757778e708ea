const INVISIBLE = /[^\P{C}\s]/gu;

/** Foreign words as one line of at most `limit` characters, without what nobody could see. */
export function oneLine(text: string, limit: number): string {
  const line = text.replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line;
}
