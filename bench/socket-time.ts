import { fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { socketCall } from '../adapters/terminal/call.ts';
import { CHATS, measureAddedTime } from './added-time.ts';
import type { Report } from './bench.ts';
import { createChatter, MODEL, openDesk } from './desk.ts';

/**
 * On the control socket: the control is a bare script with the same `ollama` package. It is a process of its
 * own behind a socket of its own, because every bot is: so both pay for one hop into another process, and what
 * is left is the durable queue, routing, history and scheduling.
 */
export async function measureSocketTime(say: (line: string) => void): Promise<Report> {
  const desk = await openDesk();
  const chatter = createChatter(desk.bot);
  const bare = await startBare(join(dirname(desk.home.socket), 'bare.sock'), desk.ollama.url);
  let asked = 0;
  const ask = (text: string) => {
    asked += 1;
    return chatter.ask(`chat-${asked % CHATS}`, text);
  };
  try {
    const subject = { name: 'added time', ollama: desk.ollama, ostler: ask, control: bare.ask };
    return (await measureAddedTime(subject, say)).report;
  } finally {
    bare.close();
    await desk.close();
  }
}

async function startBare(socket: string, url: string) {
  const script = fileURLToPath(new URL('./bare.child.ts', import.meta.url));
  const child = fork(script, [socket, url, MODEL], { execArgv: [] });
  await once(child, 'message');
  const { call, close } = socketCall(socket);
  return {
    async ask(text: string): Promise<void> {
      const answered = once(child, 'message');
      await (await call('/', { method: 'POST', body: text })).json();
      await answered;
    },
    close() {
      child.kill();
      void close();
    },
  };
}
