import { checkBody } from './body-types.ts';
import type { Route } from './call.ts';
import { badRequest, noManifest, type OllamaError } from './errors.ts';
import { makeModel } from './models.ts';
import { nameKey, parseName } from './names.ts';

const STREAM_TYPE = 'application/x-ndjson';
const DOWNLOAD_BYTES_PER_SECOND = 100e6;
const PROGRESS_LINES = 20;
/** A pulled model is newer than those that were there. */
const PULLED_AGE = -1;

/** Errors arrive in the stream, whose status is 200 by then. */
export const pull: Route = async ({ body, reply }, { disk, catalogue, pace }) => {
  const request = checkBody(body(), 'PullRequest');
  const name = parseName(String(request.model ?? request.name ?? ''));
  if (!name) throw badRequest('invalid model name');
  const stream = request.stream !== false;
  const say = async (value: unknown) => {
    if (stream) await reply.write(`${JSON.stringify(value)}\n`, STREAM_TYPE);
  };
  await say({ status: 'pulling manifest' });
  const spec = catalogue.find(({ tag }) => {
    const known = parseName(tag);
    return known !== undefined && nameKey(known) === nameKey(name);
  });
  const here = disk.find(name.tag);
  const newest = spec && makeModel(spec, PULLED_AGE - disk.list().length);
  const isUpToDate = here !== undefined && (!newest || newest.digest === here.digest);
  const model = isUpToDate ? here : newest;
  if (!model) throw noManifest();
  const layer = {
    status: `pulling ${model.blob.slice(0, 12)}`,
    digest: `sha256:${model.blob}`,
    total: model.sizeBytes,
  };
  if (!isUpToDate) {
    await say(layer);
    for (let part = 1; part <= PROGRESS_LINES; part += 1) {
      await pace.sleep(model.sizeBytes / DOWNLOAD_BYTES_PER_SECOND / PROGRESS_LINES, reply.signal);
      await say({ ...layer, completed: Math.round((model.sizeBytes * part) / PROGRESS_LINES) });
    }
    // What is in memory under this name stays there as it is.
    disk.add(model);
  } else await say({ ...layer, completed: model.sizeBytes });
  for (const status of ['verifying sha256 digest', 'writing manifest']) await say({ status });
  if (stream) {
    await say({ status: 'success' });
    reply.end();
  } else reply.json(200, { status: 'success' });
};

/** Without a stream a pull's error has a type of its own. */
export function pullError({ message }: OllamaError) {
  return { value: { error: message }, contentType: 'application/json' };
}
