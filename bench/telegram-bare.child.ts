import { Bot } from 'grammy';
import { Ollama } from 'ollama';

// The control of the path bench on Telegram: the least that a bot can be.
// `node telegram-bare.child.ts API_URL TOKEN OLLAMA_URL MODEL` answers what it is sent.

const [apiRoot = '', token = '', host = '', model = ''] = process.argv.slice(2);
const ollama = new Ollama({ host });
const bot = new Bot(token, { client: { apiRoot } });

bot.on('message:text', async (context) => {
  const messages = [{ role: 'user', content: context.message.text }];
  let answer = '';
  for await (const { message } of await ollama.chat({ model, messages, stream: true, keep_alive: '30m' })) {
    answer += message.content;
  }
  await context.reply(answer);
});

process.once('disconnect', () => process.exit());
await bot.start();
