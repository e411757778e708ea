import { type Epochs, EVERYTHING, epochOfChat, epochOfPerson } from '../cache/epochs.ts';
import type { KeyOf, Scope } from '../cache/key.ts';
import type { Grant } from '../models/grant.ts';
import type { Job } from './job.ts';
import type { Prepared } from './prepare.ts';
import type { Snapshot } from './snapshot.ts';

type Asked = Pick<Job, 'message' | 'route'>;

/** The key of what is asked, who is given its answer, and who may have it forgotten. Undefined: it has none. Throws `storage`. */
export type FindKey = (
  job: Asked,
  grant: Pick<Grant, 'digest'>,
  prepared: Pick<Prepared, 'request' | 'isPersonal'>,
) => Promise<{ readonly key: string; readonly scope: Scope; readonly owners: readonly string[] } | undefined>;

type Needs = {
  readonly epochs: Pick<Epochs, 'of'>;
  readonly keyOf: KeyOf;
  /** Hides who it is. */
  readonly ownerOf: (name: string) => string;
  readonly snapshot: () => Pick<Snapshot, 'cache'>;
};

export function createFindKey({ epochs, keyOf, ownerOf, snapshot }: Needs): FindKey {
  return async (job, { digest }, { request, isPersonal }) => {
    const scope = scopeOf(job, isPersonal, snapshot().cache.scope);
    const { address, person } = job.message;
    const own = scope.kind === 'shared' ? [] : [epochOfPerson(address, person.id), epochOfChat(address)];
    const key = keyOf({ digest, request, scope, epochs: await epochs.of([EVERYTHING, ...own]) });
    return key === undefined ? undefined : { key, scope, owners: own.map(ownerOf) };
  };
}

/** Everybody shares only what says nothing of a chat; what somebody was told in a group stays there. */
function scopeOf({ message, route }: Asked, isPersonal: boolean, scope: Scope['kind']): Scope {
  const { platform, chat } = message.address;
  if (scope === 'chat') return { kind: 'chat', id: `${platform}:${chat}` };
  if (scope === 'shared' && route.standalone && !isPersonal) return { kind: 'shared', id: '' };
  const where = message.kind === 'direct' ? '' : ` in ${chat}`;
  return { kind: 'user', id: `${platform}:${message.person.id}${where}` };
}
