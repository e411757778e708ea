import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { takeOwnership } from '../../../adapters/sqlite/owner-lock.ts';

// A process to be killed: owns the folder it is given until then, though it keeps nothing that says so.
takeOwnership(process.argv[2] ?? '');
setFlagsFromString('--expose-gc');
setTimeout(() => {
  runInNewContext('gc')();
  process.send?.('owns');
}, 0);
setInterval(() => undefined, 60_000);
