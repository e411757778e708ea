import type { RedisConnection } from './connect.ts';

/** Throws where the caller was already told that it failed: what was not sent yet is then not sent at all. */
export type RefuseIfLate = () => void;

/** Does one thing after another, in the order of the calls; each may take as long as `call` lets it. */
export function oneByOne(call: RedisConnection['call']) {
  let last: Promise<unknown> = Promise.resolve();

  return async <T>(work: (refuseIfLate: RefuseIfLate) => Promise<T>): Promise<T> => {
    let late = false;
    const refuseIfLate = () => {
      if (late) throw new Error('The caller was already told that this failed.');
    };
    const done = last.then(() => {
      refuseIfLate();
      return work(refuseIfLate);
    });
    last = done.catch(() => undefined);
    try {
      return await call(() => done);
    } catch (error) {
      late = true;
      throw error;
    }
  };
}
