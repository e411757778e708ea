/**
 * A system prompt as it is sent: `{date}` is the day by the machine's own time zone, `{name}` who asks. Never a
 * clock: the same prompt would be another one every minute.
 */
export function renderPrompt(
  prompt: string,
  { name = '', at }: { name?: string | undefined; at: number },
): string {
  return prompt.replaceAll('{date}', dayOf(at)).replaceAll('{name}', () => name);
}

function dayOf(at: number): string {
  const day = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
