import { randomId } from './dom.js';
import { linesOf } from './lines.js';

const CHAT_KEY = 'ostler.chat';
const TIMEOUT_MS = 120_000;
const NOT_REACHED = { code: 'unreachable', message: 'Ostler cannot be reached.' };

/** This browser's own chat. */
export const chat = localStorage.getItem(CHAT_KEY) ?? randomId();
localStorage.setItem(CHAT_KEY, chat);

const notReached = () => {
  throw NOT_REACHED;
};

/** Throws the server's `{ code, message, hint }`, or that it cannot be reached. */
async function send(method, path, body, { signal, headers = {} }) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    signal,
  }).catch(notReached);
  if (response.status === 401) location.reload();
  if (!response.ok) throw (await response.json().catch(notReached)).error;
  return response;
}

/** The answer's JSON. Throws like `send`. */
async function call(method, path, body) {
  const response = await send(method, path, body, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return response.json().catch(notReached);
}

/** The lines of an answer that comes in lines, as long as something comes. Throws like `send`. */
async function* callForLines(method, path, body) {
  const ends = new AbortController();
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ends.abort(), TIMEOUT_MS);
  };
  try {
    wait();
    const headers = { Accept: 'application/x-ndjson' };
    const { body: lines } = await send(method, path, body, { signal: ends.signal, headers });
    yield* linesOf(lines, wait);
  } finally {
    clearTimeout(timer);
  }
}

const base = `/api/chats/${chat}`;

export const status = () => call('GET', '/api/status');
export const commands = async () => (await call('GET', '/api/commands')).commands;
export const sendMessage = (message) => call('POST', `${base}/messages`, message);
/** What a command says, and then what takes the place of that. */
export const giveCommand = (command) => callForLines('POST', `${base}/commands`, command);
export const agree = (job, answer) => call('POST', `${base}/agree`, { job, ...answer });
export const typing = () => call('POST', `${base}/typing`, {});
export const stop = (job) => call('POST', `${base}/stop`, { job });
export const startNew = () => call('POST', `${base}/new`, {});
export const chosenModel = async () => (await call('GET', `${base}/model`)).model;
export const eventsUrl = (after) => `${base}/events${after ? `?after=${encodeURIComponent(after)}` : ''}`;
