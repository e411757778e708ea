import type { ModelServer } from '../ports/models.ts';
import type { Grant } from './grant.ts';

const LIMIT_MS = 2_000;

/** The temperature that a model brings along; undefined: none, or it is not known. Never throws. */
export type OwnTemperature = (model: Pick<Grant, 'model' | 'digest'>) => Promise<number | undefined>;

/** Servers are asked once per digest. */
export function createOwnTemperature(server: Pick<ModelServer, 'show'>): OwnTemperature {
  const known = new Map<string, Promise<number | undefined>>();

  async function ask(tag: string): Promise<number | undefined> {
    const { parameters } = await server.show(tag, AbortSignal.timeout(LIMIT_MS));
    const temperature = Number(parameters.temperature);
    return parameters.temperature === undefined || Number.isNaN(temperature) ? undefined : temperature;
  }

  return async ({ model, digest }) => {
    const asked = known.get(digest) ?? ask(model);
    known.set(digest, asked);
    try {
      return await asked;
    } catch {
      known.delete(digest);
      return undefined;
    }
  };
}
