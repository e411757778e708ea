import { expect, test } from 'vitest';
import { ask, untilArticles, useBrowser } from './browse.ts';
import { until } from './fake-front.ts';
import { startWeb } from './start.ts';

const { visit } = useBrowser();

test('an answer from the cache says how old it is, and is asked for afresh as a new question', async () => {
  const { url, fake } = await startWeb();
  const { page, mistakes } = await visit(url);
  await ask(page, 'Why?');
  fake.answer(await fake.job(0), { text: 'Because.', from: 'cache', ageSeconds: 250 });
  const summary = page.locator('article .provenance summary');
  await summary.waitFor();
  expect(await summary.textContent()).toMatch(/^⚡ qwen2\.5:7b .*from the cache, 5\smin old/);
  await page.getByRole('button', { name: 'Ask afresh' }).click();
  await untilArticles(page, 2);
  const again = await fake.job(1);
  const [first, second] = fake.received;
  expect(second).toMatchObject({ text: 'Why?', cache: { read: false } });
  expect([first?.cache, second?.id === first?.id]).toEqual([undefined, false]);
  fake.answer(again, { text: 'Because of this.' });
  await page.getByText('Because of this.').waitFor();
  expect(await page.getByRole('button', { name: 'Ask afresh' }).count()).toBe(1);
  expect(mistakes).toEqual([]);
});

test('what a model has just written, failed or was stopped is asked again without such a wish', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await ask(page, 'one');
  fake.answer(await fake.job(0), { text: 'Fresh.' });
  await page.getByText('Fresh.').waitFor();
  expect(await page.getByRole('button', { name: 'Ask afresh' }).count()).toBe(0);
  await ask(page, 'two');
  fake.fail(await fake.job(1), { code: 'load_failed', message: 'It did not load.' });
  await page.getByRole('button', { name: 'Try again' }).click();
  await until(() => fake.received.length === 3);
  await fake.front.stop({ platform: 'web', chat: String(fake.received[2]?.address.chat) });
  await page.getByRole('button', { name: 'Ask again' }).click();
  await until(() => fake.received.length === 4);
  expect(fake.received.map(({ cache }) => cache)).toEqual([undefined, undefined, undefined, undefined]);
});

test('after a reload the button is still there', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await ask(page, 'Why?');
  fake.answer(await fake.job(0), { text: 'Because.', from: 'cache', ageSeconds: 2 });
  await page.getByText('Because.').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Ask afresh' }).click();
  await until(() => fake.received.length === 2);
  expect(fake.received[1]).toMatchObject({ text: 'Why?', cache: { read: false } });
});
