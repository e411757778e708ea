import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { ask, untilArticles, useBrowser } from './browse.ts';
import { until } from './fake-front.ts';
import { startWeb } from './start.ts';

const { visit } = useBrowser();
const COMMANDS = '**/commands';

const field = (page: Page) => page.locator('#text');
const list = (page: Page) => page.getByRole('listbox', { name: 'Suggestions' });
const options = (page: Page) => list(page).getByRole('option');
const notes = (page: Page) => page.locator('.note');

async function open(change: Parameters<typeof startWeb>[0] = {}) {
  const started = await startWeb(change);
  const visited = await visit(started.url);
  await visited.page.getByText('your own models answer').waitFor();
  const chat = String(await visited.page.evaluate("localStorage.getItem('ostler.chat')"));
  return { ...started, ...visited, address: { platform: 'web', chat } };
}

/** The option that the keys have chosen, as it is told to those who do not see it. */
async function chosen(page: Page): Promise<string | null> {
  const id = await field(page).getAttribute('aria-activedescendant');
  if (id === null) return null;
  const option = page.locator(`#${id}`);
  expect(await option.getAttribute('aria-selected')).toBe('true');
  return option.locator('.title').textContent();
}

test('/ lists the commands, what is typed narrows them, and Tab takes one', async () => {
  const { page, mistakes } = await open();
  await field(page).pressSequentially('/');
  await options(page).first().waitFor();
  expect(await options(page).count()).toBeGreaterThan(8);
  expect(await list(page).getByText('approve').count()).toBe(0);
  await field(page).pressSequentially('mo');
  await until(async () => (await options(page).count()) === 2);
  expect(await options(page).allTextContents()).toEqual([
    '/modelnameShow or choose the model of this chat',
    '/modelsList the models and which are in memory',
  ]);
  expect(await page.locator('#announcer').textContent()).toBe('2 suggestions');
  expect(await chosen(page)).toBe('/model');
  await page.keyboard.press('ArrowDown');
  expect(await chosen(page)).toBe('/models');
  await page.keyboard.press('ArrowDown');
  expect(await chosen(page)).toBe('/model');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Tab');
  expect(await field(page).inputValue()).toBe('/models');
  await page.keyboard.press('Enter');
  await notes(page).getByText('qwen2.5:32b').waitFor();
  expect(await list(page).isVisible()).toBe(false);
  expect(mistakes).toEqual([]);
});

test('after /model its choices are listed, and Enter gives the one that was taken', async () => {
  const { page, fake, address } = await open();
  await field(page).pressSequentially('/mod');
  await options(page).first().waitFor();
  await page.keyboard.press('Enter');
  expect(await field(page).inputValue()).toBe('/model ');
  await until(async () => (await options(page).count()) === 5);
  expect(await chosen(page)).toBe(null);
  await field(page).pressSequentially('llama');
  await until(async () => (await options(page).count()) === 1);
  expect(await chosen(page)).toBe('⚪ fast · llama3.2:3b');
  await page.keyboard.press('Enter');
  expect(await field(page).inputValue()).toBe('/model fast');
  expect(await list(page).isVisible()).toBe(false);
  await page.keyboard.press('Enter');
  await notes(page).getByText('From now on this chat uses fast (llama3.2:3b).').waitFor();
  expect(await fake.front.chosen(address)).toBe('fast');
  await until(async () => (await page.getByLabel('Model for this chat').inputValue()) === 'llama3.2:3b');
  expect(fake.received).toEqual([]);
});

test('a command is given without its argument as soon as its name stands there', async () => {
  const { page } = await open();
  await field(page).pressSequentially('/model');
  await options(page).first().waitFor();
  await page.keyboard.press('Enter');
  await notes(page).getByText('The rules choose the model for each question.').waitFor();
});

test('Escape closes the list and stops nothing', async () => {
  const { page, fake } = await open();
  await ask(page, 'Hello');
  await fake.job(0);
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  await field(page).pressSequentially('/');
  await options(page).first().waitFor();
  await page.keyboard.press('Escape');
  expect(await list(page).isVisible()).toBe(false);
  expect(await field(page).getAttribute('aria-activedescendant')).toBe(null);
  expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(1);
  await field(page).pressSequentially('n');
  await options(page).first().waitFor();
});

test('a touch takes a suggestion, and the keyboard stays', async () => {
  const started = await startWeb();
  const viewport = { width: 360, height: 640 };
  const { page } = await visit(started.url, { viewport, hasTouch: true, isMobile: true });
  await field(page).tap();
  await field(page).pressSequentially('/mod');
  await options(page).first().tap();
  expect(await field(page).inputValue()).toBe('/model ');
  await options(page).getByText('fast').tap();
  expect(await field(page).inputValue()).toBe('/model fast');
  expect(await page.evaluate('document.activeElement.id')).toBe('text');
  await page.getByRole('button', { name: 'Send' }).tap();
  await notes(page).getByText('From now on').waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
});

test('what a command says is a note with its choices, in Markdown, and gone after a reload', async () => {
  const { page, fake, address } = await open();
  await ask(page, 'Hello');
  fake.answer(await fake.job(0), { text: 'Hi' });
  await page.getByText('Hi', { exact: true }).waitFor();
  await ask(page, '/model');
  const note = notes(page);
  await note.getByText('The rules choose the model for each question.').waitFor();
  expect(await page.getByText('your own models answer').isVisible()).toBe(false);
  await note.getByRole('button', { name: 'fast · llama3.2:3b' }).click();
  await note.locator('code', { hasText: 'llama3.2:3b' }).waitFor();
  expect(await note.locator('.given').textContent()).toBe('/model fast');
  expect(await note.getByRole('button').allTextContents()).toEqual(['⏹ Cancel']);
  fake.ordered[0]?.tell({ type: 'loaded', model: 'llama3.2:3b', already: false, seconds: 12 });
  await note.getByText('is loaded').waitFor();
  expect(await note.getByRole('button').count()).toBe(0);
  expect(await fake.front.chosen(address)).toBe('fast');
  await ask(page, '/models');
  await notes(page).nth(1).locator('li').first().waitFor();
  await page.reload();
  await untilArticles(page, 1);
  expect(await notes(page).count()).toBe(0);
});

test('// asks a question that begins with /', async () => {
  const { page, fake } = await open();
  await ask(page, '//etc/hosts: what is it?');
  await until(() => fake.received.length === 1);
  expect(fake.received[0]?.text).toBe('/etc/hosts: what is it?');
  expect(await notes(page).count()).toBe(0);
});

test('an unknown command is told and not asked', async () => {
  const { page, fake } = await open();
  await ask(page, '/modle fast');
  await notes(page).getByText('I do not know that command.').waitFor();
  await notes(page).getByText('Did you mean /model?').waitFor();
  await notes(page).getByText('To ask it as a question, begin with //').waitFor();
  expect(await page.locator('article').count()).toBe(0);
  expect(fake.received).toEqual([]);
});

test('what went wrong is said with what to do, and never as markup', async () => {
  const { page } = await open();
  await ask(page, '/model <img/src=x/onerror="window.pwned=1">');
  await notes(page).getByText('is not installed.').waitFor();
  await notes(page).locator('.hint', { hasText: 'ollama pull' }).waitFor();
  expect(await notes(page).locator('img').count()).toBe(0);
  expect(await page.evaluate('window.pwned')).toBeUndefined();
});

test('a command that could not be sent goes again under the same id', async () => {
  const { page, fake } = await open();
  const tried: string[] = [];
  await page.route(COMMANDS, (route) => {
    if (route.request().method() === 'GET') return route.continue();
    tried.push(route.request().postDataJSON().id);
    return route.abort();
  });
  await ask(page, '/new');
  await notes(page).getByText('Ostler cannot be reached.').waitFor();
  await page.unroute(COMMANDS);
  const again = page.waitForRequest((request) => request.method() === 'POST');
  await notes(page).getByRole('button', { name: 'Try again' }).click();
  expect((await again).postDataJSON()).toMatchObject({ id: tried[0], name: 'new' });
  await page.getByRole('heading', { name: 'New conversation' }).waitFor();
  expect(fake.audited).toHaveLength(1);
});

test('/stop is seen where it stops something, and says so where nothing runs', async () => {
  const { page, fake } = await open();
  await ask(page, 'Hello');
  await fake.job(0);
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  await ask(page, '/stop');
  await page.locator('article').getByText('Stopped.').waitFor();
  await until(async () => (await notes(page).count()) === 0);
  await ask(page, '/stop');
  await notes(page).getByText('Nothing is waiting or running here.').waitFor();
});

test('/forget removes from the page what is no longer kept', async () => {
  const { page, fake } = await open();
  await ask(page, 'my secret');
  fake.answer(await fake.job(0), { text: 'noted' });
  await page.getByText('noted').waitFor();
  await ask(page, '/forget');
  await notes(page).getByText('Forgotten').waitFor();
  expect(await page.getByText('my secret').count()).toBe(0);
});

test('admins are offered what only admins may', async () => {
  const { page, fake } = await open();
  fake.setStanding('admin');
  await field(page).pressSequentially('/rel');
  await options(page).getByText('Read the configuration anew').waitFor();
  await field(page).fill('/reload');
  await page.keyboard.press('Enter');
  await notes(page).getByText('In force now: llm.').waitFor();
});

test('a command leaves the attached pictures to the next question', async () => {
  const { page, fake } = await open();
  const picture = { name: 'cat.png', mimeType: 'image/png', buffer: Buffer.from('cat') };
  await page.getByLabel('Attach pictures').setInputFiles(picture);
  await ask(page, '/models');
  await notes(page).getByText('qwen2.5:32b').waitFor();
  await page.getByRole('button', { name: 'Remove cat.png' }).waitFor();
  await ask(page, 'What is this?');
  await until(() => fake.received.length === 1);
  expect(fake.received[0]?.images).toHaveLength(1);
});
