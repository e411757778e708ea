import { eventsUrl } from './api.js';

const TYPES = ['asked', 'progress', 'thinking', 'text', 'restart', 'entry', 'live'];
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/**
 * Follows the conversation and connects again whenever that breaks, always after the last kept entry. The
 * browser's own reconnecting is not enough: it gives up for good at the first answer that is no stream.
 */
export function createStream({ onEvent, onOpen, onConnected }) {
  let source;
  let cursor;
  let waitMs = FIRST_WAIT_MS;
  let timer;

  function close() {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  }

  function connect() {
    close();
    source = new EventSource(eventsUrl(cursor));
    source.addEventListener('open', onOpen);
    source.addEventListener('error', () => {
      close();
      onConnected(false);
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    });
    for (const type of TYPES) {
      source.addEventListener(type, (message) => {
        if (message.lastEventId) cursor = message.lastEventId;
        if (type === 'live') {
          waitMs = FIRST_WAIT_MS;
          onConnected(true);
        }
        onEvent(JSON.parse(message.data));
      });
    }
  }

  return {
    connect,
    close,
    get isOpen() {
      return source?.readyState === EventSource.OPEN;
    },
  };
}
