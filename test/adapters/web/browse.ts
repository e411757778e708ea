import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { openBrowser } from '../../servers/chromium.ts';
import { until } from './fake-front.ts';

/** One browser for a file of tests; each test opens its own visitors. */
export function useBrowser() {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  return {
    /** A visitor with a storage of their own, and whatever went wrong on their page. */
    async visit(url: string, options: BrowserContextOptions = {}) {
      if (!browser) throw new Error('there is no browser');
      const context = await browser.newContext(options);
      context.setDefaultTimeout(10_000);
      onTestFinished(() => context.close());
      const mistakes: string[] = [];
      const requests: string[] = [];
      context.on('weberror', (error) => mistakes.push(String(error.error())));
      context.on('console', (line) => {
        if (line.text().includes('Content Security Policy')) mistakes.push(line.text());
      });
      context.on('request', (request) => requests.push(request.url()));
      const page = await context.newPage();
      await page.goto(url);
      return { context, page, mistakes, requests };
    },
  };
}

export async function ask(page: Page, text: string): Promise<void> {
  await page.getByLabel('Your question', { exact: true }).fill(text);
  await page.keyboard.press('Enter');
}

/** Waits until the page shows this many questions. */
export async function untilArticles(page: Page, count: number): Promise<void> {
  await until(async () => (await page.locator('article').count()) === count);
}
