import * as api from './api.js';
import { randomId } from './dom.js';
import { encode } from './pictures.js';

/** Sends questions. What could not be sent stays, and is sent again under the same id. */
export function createOutbox({ conversation }) {
  const unsent = new Set();

  async function post(item, message, pictures) {
    unsent.add(item);
    item.sending();
    conversation.hold();
    try {
      const images = await Promise.all(pictures.map(encode));
      const { job } = await api.sendMessage({ ...message, images });
      unsent.delete(item);
      item.taken(job);
    } catch (failure) {
      item.unsent(failure, {
        onRetry: () => post(item, message, pictures),
        onRemove() {
          unsent.delete(item);
          item.remove();
        },
      });
    } finally {
      conversation.release();
    }
  }

  addEventListener('beforeunload', (event) => {
    if (unsent.size > 0) event.preventDefault();
  });

  return {
    /** `more`: what else the message says. */
    send(text, pictures, more) {
      const item = conversation.own({ text, sentAt: Date.now() }, pictures);
      return post(item, { id: randomId(), text, ...more }, pictures);
    },
  };
}
