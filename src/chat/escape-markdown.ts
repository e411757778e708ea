const MARKS = /[\\`*_~[\]<>&|#]/g;

/** Text of one or more lines as Markdown in which nothing is formatting. None of its lines begins with a list's mark. */
export function escapeMarkdown(text: string): string {
  return text.replace(MARKS, '\\$&');
}
