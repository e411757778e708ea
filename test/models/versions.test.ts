import { expect, it } from 'vitest';
import { createVersions } from '../../src/models/versions.ts';
import type { Installed, Resident } from '../../src/ports/models.ts';

const RESIDENT: Resident = { tag: 'a', digest: 'old', sizeBytes: 1, vramBytes: 1, expiresAt: null };

it('what was out of reach is reached again once its name stands for it again', () => {
  let listed: string | undefined = 'new';
  const find = (tag: string) =>
    listed === undefined ? undefined : ({ tag, digest: listed, sizeBytes: 1 } as Installed);
  const versions = createVersions(find);
  versions.loseSight(RESIDENT);
  expect(versions.inReach([RESIDENT])).toEqual([]);
  listed = undefined;
  expect(versions.inReach([RESIDENT])).toEqual([]);
  listed = 'old';
  expect(versions.inReach([RESIDENT])).toEqual([RESIDENT]);
  listed = undefined;
  expect(versions.inReach([RESIDENT])).toEqual([RESIDENT]);
});
