import { expect, test } from 'vitest';
import { ask, useBrowser } from './browse.ts';
import { startWeb } from './start.ts';

const { visit } = useBrowser();

const HOSTILE = `
<script>window.pwned = 1</script>
<img src="x" onerror="window.pwned = 2">
<svg onload="window.pwned = 3"></svg>
<iframe srcdoc="<script>parent.pwned = 4</script>"></iframe>
<style>body { display: none }</style>
<form action="https://evil.example"><input name="key"></form>
<a href="javascript:window.pwned = 5" onclick="window.pwned = 6">raw link</a>
<details open ontoggle="window.pwned = 7"><summary>raw details</summary></details>

[a link](javascript:window.pwned=8) [another](  JaVaScRiPt:window.pwned=9 "t") [data](data:text/html,<script>1</script>)
![spy](https://evil.example/pixel.png) ![local](/api/status)

- [x] done

Line one<br>line two, H<sub>2</sub>O. [good](https://example.org/)

the end
`;

test('hostile Markdown does nothing but be read', async () => {
  const { url, fake } = await startWeb();
  const { page, requests } = await visit(url);
  await ask(page, 'Attack me');
  const job = await fake.job(0);
  fake.say(job, HOSTILE);
  await page.getByText('the end').waitFor();
  fake.answer(job);
  await page.locator('.provenance').waitFor();
  await page.getByText('raw link').first().click();
  await page.getByText('a link').first().click();
  expect(await page.evaluate('window.pwned')).toBeUndefined();
  const answer = page.locator('.markdown');
  expect(
    await answer.locator('script, img, svg, iframe, style, form, input:not([type=checkbox])').count(),
  ).toBe(0);
  expect(
    await answer
      .locator('a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')).filter(Boolean)),
  ).toEqual(['https://example.org/']);
  const good = answer.getByRole('link', { name: 'good' });
  expect([await good.getAttribute('target'), await good.getAttribute('rel')]).toEqual([
    '_blank',
    'noopener noreferrer',
  ]);
  expect(await answer.locator('sub').textContent()).toBe('2');
  expect(await answer.textContent()).toContain('<script>window.pwned = 1</script>');
  expect(await answer.textContent()).toContain('🖼 spy (not loaded: https://evil.example/pixel.png)');
  expect(requests.filter((one) => !one.startsWith(url) && !one.startsWith('blob:'))).toEqual([]);
  expect(page.url()).toBe(`${url}/`);
});

test("a question, a model's name and a reason are text, never markup", async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  const markup = '<img src=x onerror="window.pwned=1">';
  await ask(page, markup);
  const provenance = { model: markup, by: 'rule', rule: markup, reason: markup, notice: markup } as const;
  fake.answer(await fake.job(0), { text: 'ok', thinking: markup, provenance });
  await page.locator('.provenance').waitFor();
  expect(await page.locator('article img').count()).toBe(0);
  expect(await page.evaluate('window.pwned')).toBeUndefined();
});

test('the code of an answer is copied as it is', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url, { permissions: ['clipboard-read', 'clipboard-write'] });
  await ask(page, 'Code, please');
  fake.answer(await fake.job(0), { text: 'Here:\n\n```sh\necho "a < b" &&\n  ls\n```\n' });
  await page.getByRole('button', { name: 'Copy this sh' }).click();
  await page.getByText('Copied').waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('echo "a < b" &&\n  ls');
});

test('finished blocks stay as they are while the answer grows', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await ask(page, 'Slowly');
  const job = await fake.job(0);
  fake.say(job, 'First paragraph.\n\nSecond');
  await page.getByText('Second').waitFor();
  await page.evaluate("document.querySelector('.markdown p').dataset.seen = 'yes'");
  fake.say(job, ' paragraph.\n\n```js\nlet x');
  await page.locator('.markdown pre').waitFor();
  expect(await page.locator('.markdown p[data-seen]').count()).toBe(1);
});

const WIDE = `# A heading with averyveryveryverylongwordthatdoesnotfitanywhereatallonaphone

\`\`\`js
const line = 'a line of code that is much wider than any phone, and which has to scroll inside its own frame';
\`\`\`

| one | two | three | four | five | six | seven | eight |
|---|---|---|---|---|---|---|---|
| a long cell | a long cell | a long cell | a long cell | a long cell | a long cell | a long cell | end |

https://example.org/a/very/long/address/that/goes/on/and/on/and/on/without/any/space/at/all
`;

test('on a small phone nothing is wider than the screen, and everything can be touched', async () => {
  const { url, fake } = await startWeb();
  fake.setStatus({
    simulated: true,
    ollama: { url: `http://${'x'.repeat(80)}:11434`, reachable: false, detail: 'no' },
  });
  const { page } = await visit(url, {
    viewport: { width: 360, height: 640 },
    hasTouch: true,
    isMobile: true,
  });
  await ask(page, `What about ${'w'.repeat(200)}?`);
  fake.answer(await fake.job(0), { text: WIDE, thinking: 'Hm.' });
  await page.locator('.provenance').waitFor();
  await ask(page, 'And then?');
  const estimate = { aboutSeconds: 35, upToSeconds: 50, basis: 'measured' } as const;
  const load = { stage: 'loading', model: 'm'.repeat(90), forSeconds: 12, estimate, share: 0.27 } as const;
  fake.progress(await fake.job(1), load);
  await page.getByText('Loading mmm').waitFor();
  await page.locator('#simulated').waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  expect(await page.evaluate("document.querySelector('#scroller').scrollWidth")).toBeLessThanOrEqual(360);
  const small = await page
    .locator('button:visible, select:visible, summary:visible, .attach:visible, textarea:visible')
    .evaluateAll((all) =>
      all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML),
    );
  expect(small).toEqual([]);
});

test('the page is light or dark as the person likes it', async () => {
  const { url } = await startWeb();
  const paper = async (colorScheme: 'light' | 'dark') => {
    const { page } = await visit(url, { colorScheme });
    return page.evaluate('getComputedStyle(document.body).backgroundColor');
  };
  expect(await paper('light')).toBe('rgb(250, 248, 245)');
  expect(await paper('dark')).toBe('rgb(25, 24, 23)');
});

test('who reads above is left alone, and can jump to the latest', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url, { viewport: { width: 800, height: 500 } });
  await ask(page, 'Much');
  const job = await fake.job(0);
  fake.say(job, 'A paragraph.\n\n'.repeat(60));
  const top = () => page.evaluate<number>("document.querySelector('#scroller').scrollTop");
  await expect.poll(top).toBeGreaterThan(500);
  await page.evaluate("document.querySelector('#scroller').scrollTop = 100");
  const jump = page.getByRole('button', { name: 'Jump to latest' });
  await jump.waitFor();
  fake.say(job, 'The last word.');
  await page.getByText('The last word.').waitFor({ state: 'attached' });
  expect(await top()).toBe(100);
  await jump.click();
  await jump.waitFor({ state: 'hidden' });
  expect(await top()).toBeGreaterThan(500);
});

test('everything has a name for those who do not see it', async () => {
  const { url, fake } = await startWeb();
  const { page } = await visit(url);
  await ask(page, 'Hello');
  await page.getByText('Next in line').waitFor();
  fake.answer(await fake.job(0), { text: '```sh\nls\n```' });
  await page.locator('.provenance').waitFor();
  for (const role of ['banner', 'main'] as const) expect(await page.getByRole(role).count()).toBe(1);
  await page.getByRole('form', { name: 'Ask a question' }).waitFor();
  const nameless = await page
    .locator('button')
    .filter({ hasNotText: /\w/ })
    .evaluateAll((all) => all.filter((one) => !one.ariaLabel).map((one) => one.outerHTML));
  expect(nameless).toEqual([]);
});
