import { describe, expect, it } from 'vitest';
import { ollamaServer } from '../../../adapters/ollama/server.ts';
import { OstlerError } from '../../../src/errors.ts';
import type { PullProgress } from '../../../src/ports/models.ts';
import { simulatedOllama } from '../../servers/ostler.ts';
import { answering, connectTo } from './connect.ts';

const never = new AbortController().signal;

async function all(pull: AsyncIterable<PullProgress>): Promise<readonly PullProgress[]> {
  const told: PullProgress[] = [];
  for await (const progress of pull) told.push(progress);
  return told;
}

async function failureOf(pull: AsyncIterable<PullProgress>): Promise<OstlerError> {
  const error = await all(pull).catch((cause: unknown) => cause);
  if (!(error instanceof OstlerError)) throw new Error(`no OstlerError: ${error}`);
  return error;
}

/** Pulls from a server that gives everybody this answer. */
async function pullFrom(body: string, status?: number) {
  const { host } = await answering(body, status);
  return ollamaServer(connectTo(`http://${host}`)).pull('mistral:7b', never);
}

describe('a download', () => {
  it('tells how far each file is, and the model is installed then', async () => {
    const ollama = await simulatedOllama({ catalogue: [{ tag: 'mistral:7b', sizeGb: 4.1 }] });
    const server = ollamaServer(connectTo(ollama.url));
    const told = await all(server.pull('mistral:7b', never));
    expect(ollama.requests().at(-1)?.body).toEqual({ name: 'mistral:7b', stream: true });
    expect(told[0]).toEqual({ status: 'pulling manifest' });
    expect(told[1]).toEqual({
      status: expect.stringMatching(/^pulling [0-9a-f]{12}$/),
      completedBytes: 0,
      totalBytes: 4.1e9,
    });
    expect(told.at(-4)).toMatchObject({ completedBytes: 4.1e9, totalBytes: 4.1e9 });
    expect(told.slice(-3).map(({ status }) => status)).toEqual([
      'verifying sha256 digest',
      'writing manifest',
      'success',
    ]);
    expect((await server.list(never)).map(({ tag }) => tag)).toContain('mistral:7b');
  });

  it('of what is there already succeeds at once', async () => {
    const ollama = await simulatedOllama();
    const told = await all(ollamaServer(connectTo(ollama.url)).pull('qwen2.5:7b', never));
    expect(told.at(-1)).toEqual({ status: 'success' });
  });

  it('ends with its signal, and with whoever leaves it', async () => {
    const ollama = await simulatedOllama({ speed: 1, catalogue: [{ tag: 'mistral:7b', sizeGb: 4.1 }] });
    const server = ollamaServer(connectTo(ollama.url));
    const stop = new AbortController();
    const reason = new Error('no longer wanted');
    const aborted = ollama.when('abort');
    await expect(
      (async () => {
        for await (const { status } of server.pull('mistral:7b', stop.signal)) {
          if (status.startsWith('pulling ')) stop.abort(reason);
        }
      })(),
    ).rejects.toBe(reason);
    await aborted;
    const left = ollama.when('abort');
    for await (const { totalBytes } of server.pull('mistral:7b', never)) if (totalBytes) break;
    await left;
    expect((await server.list(never)).map(({ tag }) => tag)).not.toContain('mistral:7b');
  });

  it('of a model that no library has says so', async () => {
    const ollama = await simulatedOllama();
    const error = await failureOf(ollamaServer(connectTo(ollama.url)).pull('nothing:1b', never));
    expect(error).toMatchObject({ code: 'bad_input', message: 'There is no model nothing:1b to download.' });
    const refused = await failureOf(await pullFrom('{"error":"invalid model name"}', 400));
    expect(refused.code).toBe('bad_input');
  });

  const LINE = '{"status":"pulling manifest"}\n';
  it.each([
    ['an error in the stream', `${LINE}{"error":"max retries exceeded: EOF"}\n`, 'max retries exceeded: EOF'],
    ['a line of another shape', `${LINE}{"status":5}\n`, 'a line has not the shape that Ollama gives it'],
    ['a line that is cut', `${LINE}{"status":"pull`, 'A line of the answer was cut or is no JSON.'],
    ['an end without success', LINE, 'Did not receive done or success response in stream.'],
  ])('that meets %s has failed, and says why', async (_, body, why) => {
    const error = await failureOf(await pullFrom(body));
    expect(error).toMatchObject({
      code: 'server_error',
      message: 'mistral:7b could not be downloaded.',
      hint: `Ollama said: ${why}`,
    });
  });

  it('that finds the disk full says so', async () => {
    const full = 'write /root/.ollama/models/blobs/sha256-1: no space left on device';
    const error = await failureOf(await pullFrom(JSON.stringify({ error: full })));
    expect(error.message).toBe('The disk of Ollama has no room for mistral:7b.');
  });

  it('from where no Ollama is says that', async () => {
    const ollama = await simulatedOllama();
    await ollama.goAway();
    const error = await failureOf(ollamaServer(connectTo(ollama.url)).pull('mistral:7b', never));
    expect(error.code).toBe('unreachable');
  });
});
