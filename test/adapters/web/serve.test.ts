import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createWebApp } from '../../../adapters/web/app.ts';
import { serveControl } from '../../../adapters/web/control.ts';
import { serveWeb } from '../../../adapters/web/serve.ts';
import { createFakeFront } from './fake-front.ts';
import { rawRequest } from './raw.ts';
import { startWeb } from './start.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-web-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function startControl(socketPath: string) {
  const fake = createFakeFront();
  const app = createWebApp(fake.front, { trusted: true, maxBodyBytes: 1000, onError: () => {} });
  const control = await serveControl(app, socketPath);
  onTestFinished(() => control.close());
  return { fake, control };
}

test('a port in use names the option to change', async () => {
  const { server, app } = await startWeb();
  await expect(serveWeb(app, { host: '127.0.0.1', port: server.port })).rejects.toMatchObject({
    code: 'bad_config',
    message: `Port ${server.port} on 127.0.0.1 is already in use.`,
    hint: expect.stringContaining('web.port'),
  });
});

test('a host that is not of this machine is a mistake in the configuration', async () => {
  const { app } = await startWeb();
  await expect(serveWeb(app, { host: '203.0.113.1', port: 0 })).rejects.toMatchObject({ code: 'bad_config' });
});

test('a server closes twice, and lets an idle connection go', async () => {
  const { server, url } = await startWeb();
  await (await fetch(`${url}/api/status`)).text();
  await Promise.all([server.close(), server.close()]);
  await expect(fetch(url)).rejects.toThrow();
});

test('only the owner may open the control socket', async () => {
  const folder = await makeFolder();
  await startControl(join(folder, 'control.sock'));
  expect((await stat(join(folder, 'control.sock'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['control.sock']);
});

test('the control socket asks for no key, host or origin, and knows the terminal', async () => {
  const socketPath = join(await makeFolder(), 'control.sock');
  const { fake } = await startControl(socketPath);
  const reply = await rawRequest({
    socketPath,
    path: '/api/chats/home/messages?platform=terminal',
    method: 'POST',
    headers: { host: 'anything', origin: 'https://anywhere.example', 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'm', text: 'Hello' }),
  });
  expect(reply.status).toBe(202);
  expect(fake.received[0]).toMatchObject({
    address: { platform: 'terminal', chat: 'home' },
    person: { id: 'terminal' },
  });
});

test('the socket of a dead process is replaced', async () => {
  const socketPath = join(await makeFolder(), 'control.sock');
  const script = `require('node:net').createServer().listen(${JSON.stringify(socketPath)}, () => console.log('up'))`;
  const dying = spawn(process.execPath, ['-e', script]);
  await once(dying.stdout, 'data');
  dying.kill('SIGKILL');
  await once(dying, 'exit');
  expect((await stat(socketPath)).isSocket()).toBe(true);
  await startControl(socketPath);
  const headers = { host: 'x' };
  expect((await rawRequest({ socketPath, path: '/api/status', headers })).status).toBe(200);
});

test('the socket of a living process is left alone', async () => {
  const socketPath = join(await makeFolder(), 'control.sock');
  await startControl(socketPath);
  await expect(startControl(socketPath)).rejects.toMatchObject({
    code: 'already_running',
    message: expect.stringContaining('Another Ostler is running'),
  });
  expect((await rawRequest({ socketPath, path: '/api/status' })).status).toBe(200);
});

test('what is not a socket is left alone', async () => {
  const socketPath = join(await makeFolder(), 'control.sock');
  await writeFile(socketPath, 'a note');
  await expect(startControl(socketPath)).rejects.toMatchObject({ code: 'storage' });
  expect((await stat(socketPath)).size).toBe(6);
});

test('a folder that does not exist, or a path that is too long, says so', async () => {
  const folder = await makeFolder();
  await expect(startControl(join(folder, 'none', 'control.sock'))).rejects.toMatchObject({ code: 'storage' });
  await expect(startControl(join(folder, 'x'.repeat(100)))).rejects.toMatchObject({ code: 'bad_config' });
});

test('closing takes the control socket away', async () => {
  const folder = await makeFolder();
  const { control } = await startControl(join(folder, 'control.sock'));
  await control.close();
  expect(await readdir(folder)).toEqual([]);
});
