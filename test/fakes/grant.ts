import type { Grant } from '../../src/models/grant.ts';

/** Leave to ask the model `a`. */
export const GRANT: Grant = {
  model: 'a',
  digest: '',
  keepAlive: '30m',
  options: {},
  capabilities: [],
  contextLength: undefined,
  simulated: false,
  placement: { kind: 'model', model: 'a', reason: '' },
};
