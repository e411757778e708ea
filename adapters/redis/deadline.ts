const deadlineCode = 'ANSWER_LATE';

/** A promise that gives up after `ms`; `isLate` knows its error. */
export async function withDeadline<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = () =>
      reject(Object.assign(new Error(`no answer within ${ms} ms`), { code: deadlineCode }));
    // After a blocked event loop the answer may already be there: it gets one more turn to be read.
    timer = setTimeout(() => setImmediate(giveUp), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function isLate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === deadlineCode;
}
