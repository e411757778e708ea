/** Redis has not answered in time. */
export class Silence extends Error {}

/** What a command that was just asked for is answered, or a `Silence` after `ms`. */
export function answerWithin<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const giveUp = () => reject(new Silence(`no answer within ${ms} ms`));
    // The client writes when the loop turns: a loop that is blocked until then takes nothing of Redis' time. And
    // when time is up the answer may lie there unread: it gets one more turn.
    const written = setImmediate(() => {
      timer = setTimeout(() => setImmediate(giveUp), ms);
    });
    const settle = () => {
      clearImmediate(written);
      clearTimeout(timer);
    };
    answer.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}
