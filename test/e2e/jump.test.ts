import type { Locator, Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { message, openApp, openChat, openSignedIn, signIn, type App } from './support/browser.ts';
import { createGroup, react, reply, send, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';

const total = 150;

let ada: Person;
let noa: Person;
let engine: string;
let first: string;
let app: App;
let page: Page;

test.beforeAll(async ({ browser, server }) => {
  [ada, noa] = [await signUp(server.url, 'Ada'), await signUp(server.url, 'Noa')];
  engine = await createGroup(server.url, ada, 'Engine', [noa]);
  first = await send(server.url, ada, engine, 'Number 1.');
  for (let number = 2; number < total; number++) await send(server.url, ada, engine, `Number ${number}.`);
  await reply(server.url, ada, engine, `Number ${total}.`, first);
  app = await openSignedIn(browser, server.url, ada);
  page = app.page;
});

afterAll(() => expect(app.problems).toEqual([]));

const quote = (of: Page | Locator) => of.getByRole('button', { name: /^In reply to/ });
const numbered = (of: Page, number: number) => message(of, `Number ${number}.`).filter({ hasNot: quote(of) });

/** The texts in view, from the top. */
const inView = (of: Page) =>
  of.getByRole('feed').evaluate((feed) => {
    const { top, bottom } = feed.getBoundingClientRect();
    return [...feed.querySelectorAll('article')]
      .filter((article) => {
        const box = article.getBoundingClientRect();
        return box.bottom > top + 1 && box.top < bottom - 1;
      })
      .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
      .map(({ textContent }) => [...textContent.matchAll(/Number (\d+)\./g)].at(-1)?.[1] ?? '');
  });

const isMarked = (of: Page, number: number) =>
  numbered(of, number)
    .first()
    .evaluate((article) => getComputedStyle(article).backgroundColor !== 'rgba(0, 0, 0, 0)');

const toNewest = () => page.getByRole('button', { name: 'To the newest messages' });

test('a press on a quote goes to a message that is not loaded and marks it for a moment, and a button leads back', async ({
  server,
}) => {
  await openChat(page, 'Engine');
  const answer = message(page, `Number ${total}.`);
  await answer.waitFor();
  expect(await numbered(page, 1).count()).toBe(0);
  await quote(answer).click();
  await expect.poll(() => isMarked(page, 1)).toBe(true);
  expect(await inView(page)).toContain('1');
  await expect.poll(() => isMarked(page, 1)).toBe(false);

  await toNewest().click();
  await toNewest().waitFor({ state: 'detached' });
  await expect.poll(() => inView(page)).toContain(String(total));
  await send(server.url, ada, engine, `Number ${total + 1}.`);
  await expect.poll(() => inView(page)).toContain(String(total + 1));
});

test('a copied link opens the application at its message, even if the user has to sign in first', async ({
  browser,
  server,
}) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await quote(message(page, `Number ${total}.`)).click();
  await expect.poll(() => isMarked(page, 1)).toBe(true);
  await numbered(page, 1).getByRole('button', { name: 'Actions for this message' }).click();
  await page.getByRole('menuitem', { name: 'Copy link' }).click();
  await page.getByText('Copied.').waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain(server.url);

  const other = await openApp(browser, link);
  await signIn(other.page, noa);
  await expect.poll(() => isMarked(other.page, 1)).toBe(true);
  expect(await inView(other.page)).toContain('1');
  // The address names only the chat again.
  expect(new URL(other.page.url()).pathname).not.toContain('messages');
  expect(other.problems).toEqual([]);
  await other.page.context().close();
});

test('a link in a message opens in the same tab, and one to a missing message is reported', async ({ server }) => {
  const [path] = page.url().split('/messages/');
  await send(server.url, ada, engine, `See ${path}/messages/${encodeURIComponent(first)} and ${path}/messages/none`);
  await toNewest().click();
  const links = message(page, 'See http').getByRole('link');
  await links.first().click();
  await expect.poll(() => isMarked(page, 1)).toBe(true);
  expect(page.context().pages()).toHaveLength(1);
  await toNewest().click();
  await links.nth(1).click();
  await page.getByText('This message is not here.').waitFor();
});

test('the users who reacted are listed by emoji, in pages, by keyboard and by a long press', async ({ server }) => {
  for (const [person, emoji] of [
    [ada, '🎉'],
    [noa, '🎉'],
    [noa, '👍'],
  ] as const)
    await react(server.url, person, first, emoji);
  await page.goto(page.url().split('/messages/')[0]!);
  await quote(message(page, `Number ${total}.`)).click();
  const chip = numbered(page, 1).getByRole('button', { name: '🎉 2', pressed: true });
  await chip.waitFor();
  await page.keyboard.press('Tab');
  await numbered(page, 1).getByRole('button', { name: 'Actions for this message' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Who reacted' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Reactions' });
  await expect.poll(() => dialog.getByRole('listitem').allTextContents()).toEqual(['AYou', 'NNoa']);
  await dialog.getByRole('button', { name: '👍 1' }).press('Enter');
  await expect.poll(() => dialog.getByRole('listitem').allTextContents()).toEqual(['NNoa']);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await numbered(page, 1).getByRole('button', { name: '👍 1', pressed: false }).dispatchEvent('contextmenu');
  await dialog.getByRole('button', { name: '👍 1', pressed: true }).waitFor();
  await page.keyboard.press('Escape');
});
