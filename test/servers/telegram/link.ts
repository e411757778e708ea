/** The address as Telegram keeps it; undefined where it makes no link of it. Only public hosts are links. */
export function checkLink(address: string): string | undefined {
  const trimmed = address.trim();
  if (/^(?:tg|ton):/i.test(trimmed)) return trimmed;
  if (/^mailto:[^\s@]+@[^\s@]+$/i.test(trimmed)) return trimmed;
  const complete = /^[a-z][a-z0-9+.-]*:/i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (!/^(?:https?|ftp):\/\/[^\s]+$/i.test(complete)) return undefined;
  try {
    const url = new URL(complete);
    return url.hostname.includes('.') ? url.href : undefined;
  } catch {
    return undefined;
  }
}
