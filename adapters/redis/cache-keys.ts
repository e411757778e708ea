import type { Link } from './cache-connection.ts';

const KEYS_PER_STEP = 1_000;
/** Mean something in a pattern of SCAN. */
const SPECIAL = /[\\*?[\]]/g;

/** All keys of a namespace, in small steps that leave Redis free for others. `call` is given each step. */
export async function* keysOf(
  namespace: string,
  call: <T>(work: (link: Link) => Promise<T>) => Promise<T>,
): AsyncGenerator<readonly string[]> {
  const MATCH = `${namespace.replace(SPECIAL, '\\$&')}:*`;
  let cursor = '0';
  do {
    const from = cursor;
    const step = await call(({ client }) => client.scan(from, { MATCH, COUNT: KEYS_PER_STEP }));
    cursor = String(step.cursor);
    yield step.keys.map(String);
  } while (cursor !== '0');
}
