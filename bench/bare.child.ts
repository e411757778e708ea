import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Ollama } from 'ollama';

// The control of the path bench: the least that a bot can be. `node bare.child.ts SOCKET OLLAMA_URL MODEL`
// listens on the socket, and what is posted there goes to Ollama at once.

const [socket = '', host = '', model = ''] = process.argv.slice(2);
const ollama = new Ollama({ host });

async function ask(content: string): Promise<void> {
  const messages = [{ role: 'user', content }];
  for await (const _ of await ollama.chat({ model, messages, stream: true, keep_alive: '30m' }));
}

const server = createServer(async (request, response) => {
  const question = await text(request);
  response.writeHead(202).end('{}');
  await ask(question);
  process.send?.('answered');
});
server.listen(socket, () => process.send?.('ready'));
process.once('disconnect', () => process.exit());
