import * as api from './api.js';

const POLL_MS = 5000;

/** Asks how the house is while the page is looked at. Returns what asks at once. */
export function watchHouse({ onStatus, onReached }) {
  let timer;

  async function poll() {
    clearTimeout(timer);
    try {
      await onStatus(await api.status());
      onReached(true);
    } catch (failure) {
      onReached(failure.code !== 'unreachable');
    }
    if (!document.hidden) timer = setTimeout(poll, POLL_MS);
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void poll();
  });
  void poll();
  return poll;
}
