import { randomId } from './dom.js';

const CHAT_KEY = 'ostler.chat';
const TIMEOUT_MS = 120_000;
const NOT_REACHED = { code: 'unreachable', message: 'Ostler cannot be reached.' };

/** This browser's own chat. */
export const chat = localStorage.getItem(CHAT_KEY) ?? randomId();
localStorage.setItem(CHAT_KEY, chat);

/** The answer's JSON. Throws the server's `{ code, message, hint }`, or that it cannot be reached. */
async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw NOT_REACHED;
  });
  if (response.status === 401) location.reload();
  const answer = await response.json().catch(() => {
    throw NOT_REACHED;
  });
  if (!response.ok) throw answer.error;
  return answer;
}

const base = `/api/chats/${chat}`;

export const status = () => call('GET', '/api/status');
export const commands = async () => (await call('GET', '/api/commands')).commands;
export const sendMessage = (message) => call('POST', `${base}/messages`, message);
export const giveCommand = (command) => call('POST', `${base}/commands`, command);
export const stop = (job) => call('POST', `${base}/stop`, { job });
export const startNew = () => call('POST', `${base}/new`, {});
export const chosenModel = async () => (await call('GET', `${base}/model`)).model;
export const chooseModel = (model) => call('PUT', `${base}/model`, { model });
export const eventsUrl = (after) => `${base}/events${after ? `?after=${encodeURIComponent(after)}` : ''}`;
