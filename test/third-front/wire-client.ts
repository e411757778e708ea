import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { ToClient } from './wire/messages.ts';

type Buttons = Extract<ToClient, { kind: 'buttons' }>['buttons'];
/** A message as its person sees it now. */
export type Seen = { readonly id: string; readonly text: string; readonly buttons: Buttons };

/** Somebody on Wire, on a real connection. */
export type WireClient = {
  /** Every line of Wire, in order. */
  readonly heard: readonly ToClient[];
  /** What is seen, the oldest first. */
  seen(): readonly Seen[];
  /** Sends a line as it is. */
  raw(line: string): void;
  /** Says something and waits until Wire has it. */
  say(what: Readonly<Record<string, string>>): Promise<void>;
  /** The first message, seen now or later, that fits. */
  sees(fits: (message: Seen) => boolean): Promise<Seen>;
  /** The first line, past or to come, that fits. */
  hears(fits: (line: ToClient) => boolean): Promise<ToClient>;
};

export async function wireClient(port: number, from: string): Promise<WireClient> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  const heard: ToClient[] = [];
  const messages = new Map<string, Seen>();
  const watchers = new Set<() => void>();
  let said = 0;

  createInterface({ input: socket }).on('line', (text) => {
    const line = JSON.parse(text) as ToClient;
    heard.push(line);
    if (line.kind === 'new' || line.kind === 'edited') messages.set(line.id, line);
    if (line.kind === 'removed') messages.delete(line.id);
    const known = line.kind === 'buttons' && messages.get(line.id);
    if (known && line.kind === 'buttons') messages.set(line.id, { ...known, buttons: line.buttons });
    for (const look of [...watchers]) look();
  });

  function until<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        watchers.delete(look);
        resolve(found);
      };
      watchers.add(look);
      look();
    });
  }

  const raw = (line: string) => void socket.write(`${line}\n`);
  const hears = (fits: (line: ToClient) => boolean) => until(() => heard.find(fits));

  return {
    heard,
    seen: () => [...messages.values()],
    raw,
    async say(what) {
      said += 1;
      const line = { id: `${said}`, from, ...what };
      const before = heard.length;
      raw(JSON.stringify(line));
      await until(() => heard.slice(before).find((one) => one.kind === 'taken' && one.id === line.id));
    },
    sees: (fits) => until(() => [...messages.values()].find(fits)),
    hears,
  };
}
