import { expect, test } from 'vitest';
import { ask, useBrowser } from './browse.ts';
import { until } from './fake-front.ts';
import { startWeb } from './start.ts';

const { visit } = useBrowser();
const MODEL = 'llama3.2:3b';

async function open() {
  const started = await startWeb();
  const visited = await visit(started.url);
  const { page } = visited;
  await page.getByText('your own models answer').waitFor();
  await page.getByLabel('Model for this chat').getByText(MODEL).waitFor({ state: 'attached' });
  return {
    ...started,
    ...visited,
    field: page.locator('#text'),
    send: page.locator('#send'),
    lock: page.locator('#lock'),
    choose: () => page.getByLabel('Model for this chat').selectOption(MODEL),
    /** What the house tells of the load. */
    async tell(...[event]: Parameters<NonNullable<(typeof started.fake.ordered)[number]>['tell']>) {
      await until(() => started.fake.ordered.length > 0);
      started.fake.ordered[0]?.tell(event);
    },
  };
}

function loading(forSeconds: number) {
  const estimate = { aboutSeconds: 30, upToSeconds: 60, basis: 'measured' } as const;
  const progress = { stage: 'loading', model: MODEL, forSeconds, estimate, share: 0.2 } as const;
  return { type: 'progress', progress } as const;
}

const loaded = { type: 'loaded', model: MODEL, already: false, seconds: 12 } as const;

test('who chooses a model in the list sees it loaded, and can write again when it is there', async () => {
  const { page, fake, field, send, lock, choose, tell, mistakes } = await open();
  await choose();
  await tell(loading(6));
  await lock.getByText(`Loading ${MODEL}: about 24\u00a0s left`).waitFor();
  expect(await Promise.all([field.isDisabled(), send.isDisabled()])).toEqual([true, true]);
  await tell(loading(7));
  await lock.getByText('about 23\u00a0s left').waitFor();
  expect(await field.isDisabled()).toBe(true);
  await tell(loaded);
  await page.locator('.note').getByText(`${MODEL} is loaded`).waitFor();
  await until(async () => await field.isEnabled());
  expect(await lock.isVisible()).toBe(false);
  await ask(page, 'hello');
  await fake.job(0);
  expect(fake.received[0]?.text).toBe('hello');
  expect(mistakes).toEqual([]);
});

test.each(['/load fast', '/model fast'])('%s closes the field, and gives it back', async (text) => {
  const { page, field, lock, tell } = await open();
  await ask(page, text);
  await lock.getByText(`Looking whether the memory holds ${MODEL}`).waitFor();
  await tell({
    type: 'failed',
    model: MODEL,
    failure: { code: 'load_failed', message: 'It broke.' },
    gone: [],
    leaving: [],
  });
  await until(async () => await field.isEnabled());
  expect(await lock.isVisible()).toBe(false);
  expect(await page.evaluate('document.activeElement.id')).toBe('text');
});

test('what was begun to be written stays, and Cancel beside the field gives the load up', async () => {
  const { fake, field, lock, choose, tell } = await open();
  await field.fill('Half a ques');
  await choose();
  await lock.getByRole('button', { name: 'Cancel the load' }).click();
  await until(() => fake.cancelled() === 1);
  await tell({ type: 'cancelled', model: MODEL, gone: [], leaving: [], goesOn: false });
  await until(async () => await field.isEnabled());
  expect(await field.inputValue()).toBe('Half a ques');
});

test('a load that a question waits for, or another chat, closes no field', async () => {
  const { page, fake, field, context, url, choose, tell } = await open();
  await ask(page, 'hello');
  fake.progress(await fake.job(0), loading(3).progress);
  await page.getByText(`Loading ${MODEL}`).waitFor();
  expect(await field.isEnabled()).toBe(true);
  await choose();
  await tell(loading(3));
  await until(async () => await field.isDisabled());
  const other = await (await context.browser()?.newContext())?.newPage();
  await other?.goto(url);
  await other?.getByText('your own models answer').waitFor();
  expect(await other?.locator('#text').isEnabled()).toBe(true);
  await other?.context().close();
});

test('a lost connection gives the field back', async () => {
  const { page, server, field, lock } = await open();
  await ask(page, '/load fast');
  await lock.getByText('Looking whether').waitFor();
  await server.close();
  await until(async () => await field.isEnabled());
});

test('to be asked first closes nothing', async () => {
  const { page, fake, field, choose } = await open();
  fake.askFirst();
  fake.setForeseen({ verdict: { kind: 'unloads', evict: ['qwen2.5:7b'] } });
  await choose();
  await page.locator('.note').getByRole('button', { name: 'Switch' }).waitFor();
  expect([await field.isEnabled(), fake.ordered.length]).toEqual([true, 0]);
  await page.locator('.note').getByRole('button', { name: 'Switch' }).click();
  await until(async () => await field.isDisabled());
});

test('to open the list of models loads nothing', async () => {
  const { page, fake } = await open();
  const picker = page.getByLabel('Model for this chat');
  await picker.click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await page.getByLabel('Your question', { exact: true }).fill('/model ');
  await page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option').first().waitFor();
  expect(fake.ordered).toEqual([]);
});
