import type { Attachment } from './message.ts';
import type { Time } from './time.ts';
import type { Json } from './wire.ts';

/** Links to attachments live for a day: https://docs.discord.com/developers/reference#signed-attachment-cdn-urls */
const LINK_LIVES_MS = 24 * 3_600_000;

/** What was attached, and how it is fetched. */
export type Files = {
  add(file: Omit<Attachment, 'id'>): Attachment;
  /** With a fresh link. */
  render(channel: string, attachment: Attachment): Json;
  /** Undefined where the link is wrong or too old. */
  read(path: string, query: Readonly<Record<string, string>>): Attachment | undefined;
};

export function createFiles(time: Time, root: () => string): Files {
  const files = new Map<string, Attachment>();
  const sign = (id: string, expires: string) => `${id}-${expires}`;
  return {
    add(file) {
      const attachment = { id: time.snowflake(), ...file };
      files.set(attachment.id, attachment);
      return attachment;
    },
    render(channel, { id, name, type, bytes }) {
      const expires = Math.floor((time.wall() + LINK_LIVES_MS) / 1_000).toString(16);
      const query = `?ex=${expires}&is=0&hm=${sign(id, expires)}`;
      const url = `${root()}/attachments/${channel}/${id}/${encodeURIComponent(name)}${query}`;
      return { id, filename: name, size: bytes.length, url, proxy_url: url, content_type: type };
    },
    read(path, { ex = '', hm }) {
      const id = /^\/attachments\/\d+\/(\d+)\//.exec(path)?.[1] ?? '';
      if (hm !== sign(id, ex) || Number.parseInt(ex, 16) * 1_000 < time.wall()) return undefined;
      return files.get(id);
    },
  };
}
