import { expect, test } from 'vitest';
import { ask, untilArticles, useBrowser } from './browse.ts';
import { until } from './fake-front.ts';
import { startWeb } from './start.ts';

const { visit } = useBrowser();
const MESSAGES = '**/messages';

test('two tabs of a chat stay in step', async () => {
  const { url, fake } = await startWeb();
  const { page: left, context } = await visit(url);
  const right = await context.newPage();
  await right.goto(url);
  await right.getByText('your own models answer').waitFor();
  await ask(left, 'from the left');
  const job = await fake.job(0);
  await right.getByText('from the left').waitFor();
  fake.say(job, 'Growing');
  for (const page of [left, right]) await page.getByText('Growing').waitFor();
  fake.restart(job);
  fake.say(job, 'Anew');
  for (const page of [left, right]) await page.getByText('Anew', { exact: true }).waitFor();
  await right.getByRole('button', { name: 'Stop' }).click();
  for (const page of [left, right]) await page.locator('article').getByText('Stopped.').waitFor();
  await left.getByRole('button', { name: 'New' }).click();
  for (const page of [left, right]) await page.getByText('New conversation').waitFor();
  for (const page of [left, right]) expect(await page.locator('article').count()).toBe(1);
});

test('what is loaded for one tab, and what it chooses, the other shows', async () => {
  const { url, fake } = await startWeb();
  const { page: left, context } = await visit(url);
  const right = await context.newPage();
  await right.goto(url);
  await right.getByText('your own models answer').waitFor();
  fake.setStatus({
    models: fake.front.status().models.map((model) => ({ ...model, state: 'ready' as const })),
  });
  for (const page of [left, right])
    await until(async () =>
      ((await page.locator('select').first().textContent()) ?? '').includes('🟢 llava'),
    );
});

test('a question that could not be sent is kept and goes again under the same id', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  const tried: string[] = [];
  await page.route(MESSAGES, (route) => {
    tried.push(route.request().postDataJSON().id);
    return route.abort();
  });
  await ask(page, 'Hello?');
  await page.getByText('Not sent: Ostler cannot be reached.').waitFor();
  await page.unroute(MESSAGES);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Next in line').waitFor();
  expect(fake.received.map((message) => message.id)).toEqual(tried);
  expect(await page.getByText('Not sent').count()).toBe(0);
  await untilArticles(page, 1);
});

test('what the server refuses is said where it was written, and can be removed', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await page.getByText('your own models answer').waitFor();
  fake.refuseNext({ code: 'busy', message: 'Too much to do.', hint: 'Try later.' });
  await ask(page, 'Hello?');
  await page.getByText('Not sent: Too much to do. Try later.').waitFor();
  await page.getByRole('button', { name: 'Remove' }).click();
  await untilArticles(page, 0);
  await page.getByText('your own models answer').waitFor();
});

test('a question whose receipt was lost is not shown or asked twice', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await page.getByText('your own models answer').waitFor();
  await page.route(MESSAGES, async (route) => {
    await route.fetch();
    await route.abort();
  });
  await ask(page, 'Hello?');
  await page.getByText('Not sent').waitFor();
  await page.unroute(MESSAGES);
  await page.getByRole('button', { name: 'Try again' }).click();
  await untilArticles(page, 1);
  await page.getByText('Next in line').waitFor();
  expect(new Set(fake.received.map((message) => message.id)).size).toBe(1);
});

test('events that overtake the receipt do not double the question', async () => {
  const { url, fake } = await startWeb();
  const { page, context } = await visit(url);
  const other = await context.newPage();
  await other.goto(url);
  await page.getByText('your own models answer').waitFor();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(MESSAGES, async (route) => {
    const response = await route.fetch();
    await held;
    await route.fulfill({ response });
  });
  await ask(page, 'quick?');
  const job = await fake.job(0);
  fake.say(job, 'Already here');
  await other.getByText('Already here').waitFor();
  expect(await page.locator('article').count()).toBe(1);
  await page.getByText('Sending…').waitFor();
  release();
  await page.getByText('Already here').waitFor();
  expect(await page.locator('article').count()).toBe(1);
  await other.close();
});

test('several questions stay in the order they were asked', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  for (const text of ['one', 'two', 'three']) await ask(page, text);
  await until(() => fake.received.length === 3);
  await page.reload();
  await untilArticles(page, 3);
  const labels = await page.locator('article').evaluateAll((all) => all.map((one) => one.ariaLabel));
  expect(labels).toEqual(fake.received.map((message) => `Question: ${message.text}`));
});
