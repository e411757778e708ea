import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { serveWeb } from '../../../adapters/web/serve.ts';
import { OstlerError } from '../../../src/errors.ts';
import { ask, untilArticles, useBrowser } from './browse.ts';
import { until } from './fake-front.ts';
import { startWeb } from './start.ts';

const { visit } = useBrowser();

test('Enter sends, the answer grows, and says in the end who gave it and why', async () => {
  const { url, fake } = await startWeb();
  const { page, mistakes } = await visit(url);
  await page.getByText('your own models answer').waitFor();
  await ask(page, 'Why is the sky blue?');
  const job = await fake.job(0);
  const article = page.locator('article');
  await article.getByText('Next in line').waitFor();
  fake.progress(job, { stage: 'unloading', model: 'qwen2.5:7b', unloading: ['llama3.2:3b'], share: 0 });
  await article.getByText('Unloading llama3.2:3b → then loading qwen2.5:7b').waitFor();
  fake.progress(job, { stage: 'generating', model: 'qwen2.5:7b' });
  await article.getByText('qwen2.5:7b is reading the question').waitFor();
  fake.think(job, 'Rayleigh, of course.');
  await article.getByText('Thinking…').waitFor();
  fake.say(job, 'Because of **scattering');
  await article.getByText('Because of **scattering').waitFor();
  await article.getByText('qwen2.5:7b is answering').waitFor();
  fake.say(job, '**.');
  await article.locator('strong', { hasText: 'scattering' }).waitFor();
  fake.answer(job);
  const provenance = article.locator('.provenance summary');
  await provenance.waitFor();
  expect(await provenance.textContent()).toMatch(/^🏠 qwen2.5:7b · rule “code” · 3.2\ss · 41\stok\/s/);
  expect(await provenance.getAttribute('title')).toBe('The rule “code” matches “function”.');
  await provenance.click();
  await article.getByText('42 tokens read, 82 written').waitFor();
  await article.getByText('Thoughts', { exact: true }).click();
  await article.getByText('Rayleigh, of course.').waitFor();
  expect(await article.getByRole('button', { name: 'Stop' }).count()).toBe(0);
  expect(await page.locator('#announcer').textContent()).toBe('The answer from qwen2.5:7b is complete.');
  expect(mistakes).toEqual([]);
});

test('a load shows how far it has come, which is called an estimate, and that it takes longer', async () => {
  const { url, fake } = await startWeb();
  const { page, mistakes } = await visit(url);
  await ask(page, 'Hello');
  const job = await fake.job(0);
  const bar = page.getByRole('progressbar', { name: 'Estimated progress of the load' });
  const load = { stage: 'loading', model: 'qwen2.5:32b' } as const;
  const estimate = { aboutSeconds: 35, upToSeconds: 50, basis: 'measured' } as const;
  await page.getByText('Next in line').waitFor();
  expect(await bar.count()).toBe(0);
  fake.progress(job, { ...load, forSeconds: 11, estimate, share: 0.25 });
  await page.getByText(/^Loading qwen2\.5:32b: about 24\ss left \(usually 35\ss\)$/).waitFor();
  expect(await bar.getAttribute('value')).toBe('0.25');
  await page.getByText('estimated', { exact: true }).waitFor();
  fake.progress(job, { ...load, forSeconds: 60, estimate, share: 0.9 });
  await page.getByText('longer than usual').waitFor();
  expect(await bar.getAttribute('value')).toBe('0.9');
  fake.progress(job, { ...load, forSeconds: 61 });
  await page.getByText('(61 s so far)').waitFor();
  expect(await bar.count()).toBe(0);
  fake.progress(job, { stage: 'generating', model: 'qwen2.5:32b' });
  await page.getByText('is reading the question').waitFor();
  expect(await bar.count()).toBe(0);
  expect(mistakes).toEqual([]);
});

test('Shift+Enter breaks the line, and the Enter of an input method sends nothing', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await page.locator('#text').pressSequentially('one');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('two');
  const composing = { key: 'Enter', bubbles: true, cancelable: true, isComposing: true };
  await page.locator('#text').dispatchEvent('keydown', composing);
  await page.keyboard.press('Enter');
  await until(() => fake.received.length > 0);
  expect(fake.received.map((message) => message.text)).toEqual(['one\ntwo']);
});

test('a draft outlives the page', async () => {
  const { url } = await startWeb();
  const { page } = await visit(url);
  await page.locator('#text').fill('not yet');
  await page.reload();
  expect(await page.locator('#text').inputValue()).toBe('not yet');
});

test('Stop ends one question, Escape the one that runs', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await ask(page, 'first');
  await ask(page, 'second');
  fake.say(await fake.job(0), 'As far as');
  await page.getByText('As far as').waitFor();
  const stops = page.getByRole('button', { name: 'Stop' });
  await until(async () => (await stops.count()) === 2);
  await stops.nth(1).click();
  await page.locator('article', { hasText: 'second' }).getByText('Stopped.').waitFor();
  expect(await stops.count()).toBe(1);
  await page.keyboard.press('Escape');
  await page.locator('article', { hasText: 'first' }).getByText('Stopped.').waitFor();
  await page.getByText('As far as').waitFor();
});

test('New begins on a clean page and keeps what was said above it', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await ask(page, 'old question');
  fake.answer(await fake.job(0), { text: 'old answer' });
  await page.getByText('old answer').waitFor();
  await page.keyboard.press('Alt+n');
  await page.getByText('New conversation').waitFor();
  await page.getByText('your own models answer').waitFor();
  await until(async () => !(await isInView(page, 'old answer')));
  await page.getByRole('button', { name: 'Why is the sky blue' }).click();
  await until(() => fake.received.length === 2);
  await page.reload();
  await untilArticles(page, 2);
  expect(await page.locator('.talk:last-child article').count()).toBe(1);
});

async function isInView(page: Page, text: string): Promise<boolean> {
  const box = await page.getByText(text).boundingBox();
  return box !== null && box.y + box.height > 61;
}

test('the list of models shows their state and sets the model of this chat', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  const picker = page.getByLabel('Model for this chat');
  await until(async () => (await picker.locator('option').count()) === 5);
  expect(await picker.locator('option').allTextContents()).toEqual([
    'Auto (rules decide)',
    '🟢 qwen2.5:7b (code) · 4.7 GB · ready',
    '🔵 qwen2.5:32b · 19.9 GB · loading',
    '⚪ llama3.2:3b (fast) · 2.0 GB',
    '🔴 llava:13b · 8.0 GB · failed: not enough memory',
  ]);
  await picker.selectOption('llama3.2:3b');
  const chat = String(await page.evaluate("localStorage.getItem('ostler.chat')"));
  const address = { platform: 'web', chat };
  await until(async () => (await fake.front.chosen(address)) === 'llama3.2:3b');
  await fake.front.choose(address, 'code', { id: 'web' });
  await page.reload();
  await until(async () => (await picker.inputValue()) === 'qwen2.5:7b');
  await picker.selectOption('');
  await until(async () => (await fake.front.chosen(address)) === null);
  fake.front.choose = async () => {
    throw new OstlerError('llava:13b is not installed.', {
      code: 'not_installed',
      hint: 'ollama pull llava:13b',
    });
  };
  await picker.selectOption('llava:13b');
  await page.locator('.note').getByText('llava:13b is not installed.').waitFor();
  await page.getByText('ollama pull llava:13b', { exact: true }).waitFor();
  await until(async () => (await picker.inputValue()) === '');
});

test('a failure stands in the place of the answer, and the question can be asked anew', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await ask(page, 'too big?');
  fake.fail(await fake.job(0), {
    code: 'insufficient_memory',
    message: 'It did not load.',
    hint: 'Take a smaller one.',
    room: { requiredBytes: 20e9, availableBytes: 6e9, freeableBytes: 4e9 },
  });
  await page.locator('article').getByText('It did not load.').waitFor();
  await page.getByText('Required: 20.0 GB · available: 6.0 GB · can be freed: 4.0 GB').waitFor();
  await page.getByText('Take a smaller one.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await until(() => fake.received.length === 2);
  expect(fake.received[1]?.text).toBe('too big?');
  expect(fake.received[1]?.id).not.toBe(fake.received[0]?.id);
  await untilArticles(page, 2);
});

test('a picture is attached, shown, removed and sent', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  const picture = (name: string) => ({
    name,
    mimeType: 'image/png',
    buffer: Buffer.from(`bytes of ${name}`),
  });
  await page.getByLabel('Attach pictures').setInputFiles([picture('cat.png'), picture('dog.png')]);
  await page.getByRole('button', { name: 'Remove cat.png' }).click();
  await ask(page, 'What is this?');
  await until(() => fake.received.length === 1);
  expect(Buffer.from(fake.kept[0]?.bytes ?? []).toString()).toBe('bytes of dog.png');
  expect(fake.received[0]?.images.length).toBe(1);
  await page.locator('article').getByAltText('dog.png').waitFor();
  await page.reload();
  await page.getByText('🖼 1 picture').waitFor();
});

test('simulated models and an unreachable Ollama are said clearly', async () => {
  const { url, fake } = await startWeb();
  fake.setStatus({
    simulated: true,
    ollama: { url: 'http://gpu:11434', reachable: false, detail: 'refused' },
  });
  const { page } = await visit(url);
  await page.getByText('The models here are simulated: no real model answers.').waitFor();
  await page.getByText('Ollama at http://gpu:11434 cannot be reached; trying again. refused').waitFor();
  await ask(page, 'Hello');
  fake.progress(await fake.job(0), { stage: 'queued', waitsFor: 'ollama', ahead: 0 });
  await page.locator('article').getByText('Ollama cannot be reached; trying again').waitFor();
  fake.answer(await fake.job(0), { text: 'Hi', simulated: true });
  await page.locator('.provenance').getByText('simulated').waitFor();
});

test('the title tells that an answer runs while nobody looks', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await ask(page, 'Hello');
  const job = await fake.job(0);
  await page.getByText('Next in line').waitFor();
  await page.evaluate(
    "Object.defineProperty(document, 'hidden', { value: true }), document.dispatchEvent(new Event('visibilitychange'))",
  );
  expect(await page.title()).toBe('● Ostler');
  fake.answer(job, { text: 'Hi' });
  await until(async () => (await page.title()) === 'Ostler');
});

test('with a key, the page opens after the login', async () => {
  const { url, fake } = await startWeb({ key: 'sesame' });
  const { page, mistakes } = await visit(url);
  await page.getByLabel('Key').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('That is not the key.').waitFor();
  await page.getByLabel('Key').fill('sesame');
  await page.keyboard.press('Enter');
  await page.getByText('your own models answer').waitFor();
  await ask(page, 'Hello');
  await until(() => fake.received.length === 1);
  expect(mistakes).toEqual([]);
});

test('a server that went away and came back loses and doubles nothing', async () => {
  const { url, fake, server, app } = await startWeb();
  const { page } = await visit(url);
  await ask(page, 'before');
  fake.answer(await fake.job(0), { text: 'kept answer' });
  await ask(page, 'during');
  const job = await fake.job(1);
  fake.say(job, 'First half');
  await page.getByText('First half').waitFor();
  await server.close();
  await page.getByText('Connection lost, trying again.').waitFor();
  fake.say(job, ', second half');
  const again = await serveWeb(app, { host: '127.0.0.1', port: server.port });
  try {
    await page.getByText('First half, second half', { exact: true }).waitFor();
    await page.getByText('Connection lost').waitFor({ state: 'hidden' });
    fake.answer(job);
    await page.locator('article[data-state="ended"]').nth(1).waitFor();
    expect(await page.locator('article').count()).toBe(2);
    expect(await page.getByText('kept answer').count()).toBe(1);
    expect(await page.getByText('First half').count()).toBe(1);
  } finally {
    await page.close();
    await again.close();
  }
});
