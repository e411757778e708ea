import { expect, test } from 'vitest';
import { ask, useBrowser } from './browse.ts';
import { until } from './fake-front.ts';
import { startWeb } from './start.ts';

const { visit } = useBrowser();
const MODEL = 'qwen2.5:32b';

async function open() {
  const started = await startWeb();
  const visited = await visit(started.url);
  await visited.page.getByText('your own models answer').waitFor();
  const notes = visited.page.locator('.note');
  return { ...started, ...visited, notes };
}

function loading(forSeconds: number) {
  const progress = { stage: 'loading', model: MODEL, forSeconds } as const;
  return { type: 'progress', progress } as const;
}

test('/load shows what happens in one place until the model is loaded', async () => {
  const { page, fake, notes, mistakes } = await open();
  await ask(page, `/load ${MODEL}`);
  await notes.getByText(`Looking whether the memory holds ${MODEL}`).waitFor();
  fake.ordered[0]?.tell(loading(3));
  await notes.getByText(`Loading ${MODEL} (3 s so far)`).waitFor();
  const cancel = notes.getByRole('button', { name: 'Cancel' });
  await cancel.focus();
  fake.ordered[0]?.tell(loading(4));
  await notes.getByText('4 s so far').waitFor();
  // Whoever is about to press it finds it where it was.
  expect(await cancel.evaluate('document.activeElement.textContent')).toBe('⏹ Cancel');
  fake.ordered[0]?.tell({ type: 'loaded', model: MODEL, already: false, seconds: 12 });
  await notes.getByText(`${MODEL} is loaded (12.0`).waitFor();
  expect([await notes.count(), await cancel.count()]).toEqual([1, 0]);
  expect(await notes.getAttribute('data-waits')).toBe(null);
  expect(await page.locator('#announcer').textContent()).toContain('is loaded');
  expect(mistakes).toEqual([]);
});

test('Cancel gives the load up, and the same place says what came of that', async () => {
  const { page, fake, notes } = await open();
  await ask(page, `/load ${MODEL}`);
  await notes.getByRole('button', { name: 'Cancel' }).click();
  await until(() => fake.cancelled() === 1);
  fake.ordered[0]?.tell({
    type: 'cancelled',
    model: MODEL,
    goesOn: false,
    gone: ['llama3.2:3b'],
    leaving: [],
  });
  await notes.getByText('The load of').waitFor();
  await notes.getByText('llama3.2:3b had left the memory by then').waitFor();
  await until(async () => (await notes.count()) === 1);
  expect(await notes.getByRole('button').count()).toBe(0);
});

test('what is ordered goes on when the page is left', async () => {
  const { page, fake, notes, errors } = await open();
  await ask(page, `/load ${MODEL}`);
  await notes.getByText('Looking whether').waitFor();
  await page.goto('about:blank');
  fake.ordered[0]?.tell(loading(3));
  fake.ordered[0]?.tell({ type: 'loaded', model: MODEL, already: false, seconds: 12 });
  await until(() => fake.openLoads() === 0);
  expect([fake.cancelled(), errors]).toEqual([0, []]);
});

test('a lost connection is not taken for the end', async () => {
  const { page, notes, server } = await open();
  await ask(page, `/load ${MODEL}`);
  await notes.getByText('Looking whether').waitFor();
  await server.close();
  await notes.getByText('The connection was lost. What was ordered goes on').waitFor();
});

test('whether a model may leave the memory is asked below the question, and answered there', async () => {
  const { page, fake, mistakes } = await open();
  await ask(page, 'Why is the sky blue?');
  const job = await fake.job(0);
  const asks = {
    id: 'q1',
    unloads: ['llama3.2:3b'],
    needBytes: 18e9,
    aboutSeconds: 24,
    resident: 'llama3.2:3b',
  };
  fake.progress(job, { stage: 'checking_memory', model: MODEL, asks });
  await page.getByText(`${MODEL} needs 18.0 GB and will unload llama3.2:3b (about 24`).waitFor();
  const answers = page.locator('.consent').getByRole('button');
  expect(await answers.allTextContents()).toEqual(['Switch', 'Answer with llama3.2:3b']);
  await answers.first().click();
  await answers.last().click();
  await until(() => fake.agreed.length === 2);
  expect(fake.agreed).toEqual([
    { job, choice: 'switch', question: 'q1' },
    { job, choice: 'resident', question: 'q1' },
  ]);
  fake.progress(job, { stage: 'unloading', model: MODEL, unloading: ['llama3.2:3b'], share: 0 });
  await page.getByText('Unloading llama3.2:3b').waitFor();
  expect(await page.locator('.consent').isVisible()).toBe(false);
  expect(mistakes).toEqual([]);
});

test('that a question is being written is told once, and of no command', async () => {
  const { page, fake } = await open();
  const field = page.locator('#text');
  await field.pressSequentially('/models');
  await field.fill('');
  expect(fake.typed).toEqual([]);
  await field.pressSequentially('Why is the sky blue?');
  await until(() => fake.typed.length > 0);
  await field.pressSequentially(' And the sea?');
  const chat = await page.evaluate("localStorage.getItem('ostler.chat')");
  expect(fake.typed).toEqual([chat]);
});
