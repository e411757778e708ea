/** What somebody wrote after a command, apart from one word that may end it, in whatever case. */
export function splitWord(
  argument: string,
  word: string,
): { readonly name: string; readonly isThere: boolean } {
  const text = argument.trim();
  const name = text.slice(0, -word.length);
  const isThere = text.slice(-word.length).toLowerCase() === word && /\s$/.test(name);
  return { name: isThere ? name.trim() : text, isThere };
}
