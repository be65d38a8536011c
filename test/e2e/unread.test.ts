import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { chats, chooseFromMenu, message, openChat, openSignedIn, write } from './support/browser.ts';
import { createGroup, send, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';

let ada: Person;
let noa: Person;
let engine: string;

test.beforeEach(async ({ server }) => {
  [ada, noa] = [await signUp(server.url, 'Ada'), await signUp(server.url, 'Noa')];
  engine = await createGroup(server.url, noa, 'Engine', [ada]);
});

const unread = (page: Page, title: string, count: number) =>
  chats(page)
    .filter({ hasText: title })
    .getByRole('img', { name: count === 1 ? '1 unread message' : `${count} unread messages`, exact: true });
const line = (page: Page) => page.getByRole('feed').getByText('New messages', { exact: true });

/** The texts in view, and the line, from the top. */
const inView = (page: Page) =>
  page.getByRole('feed').evaluate((feed) => {
    const { top, bottom } = feed.getBoundingClientRect();
    return [...feed.querySelectorAll('article, p')]
      .filter((it) => it.getBoundingClientRect().top >= top - 1 && it.getBoundingClientRect().bottom <= bottom + 1)
      .map(({ textContent }) => /Number \d+|New messages/.exec(textContent)?.[0])
      .filter((text) => text !== undefined);
  });

const sendNumbers = async (url: string, from: number, to: number) => {
  for (let number = from; number <= to; number++) await send(url, noa, engine, `Number ${number}.`);
};

test('messages that are read on the phone are no longer counted on the laptop, in the list and in the title', async ({
  browser,
  server,
}) => {
  const laptop = await openSignedIn(browser, server.url, ada);
  await laptop.page.evaluate(() => {
    const badges: number[] = [];
    Object.assign(window, { badges });
    navigator.setAppBadge = async (count) => void badges.push(count ?? -1);
    navigator.clearAppBadge = async () => void badges.push(0);
  });
  await sendNumbers(server.url, 1, 30);
  await createGroup(server.url, noa, 'Loom', [ada]);
  await unread(laptop.page, 'Engine', 30).waitFor();
  await expect.poll(() => laptop.page.title()).toBe('(1) Parley');

  const phone = await openSignedIn(browser, server.url, ada, {
    ...{ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  });
  await openChat(phone.page, 'Engine');
  // The chat opens at the first unread message, and not at its end.
  await line(phone.page).waitFor();
  await expect.poll(() => inView(phone.page)).toContain('Number 1');
  expect((await inView(phone.page)).slice(0, 2)).toEqual(['New messages', 'Number 1']);
  const last = await inView(phone.page).then((texts) => Number(texts.at(-1)?.split(' ')[1]));
  expect(last).toBeLessThan(30);
  await unread(laptop.page, 'Engine', 30 - last).waitFor();

  await phone.page.getByRole('button', { name: 'To the newest messages' }).tap();
  await unread(laptop.page, 'Engine', 30 - last).waitFor({ state: 'detached' });
  await expect.poll(() => chats(laptop.page).filter({ hasText: 'Engine' }).getByRole('img').count()).toBe(0);
  await expect.poll(() => laptop.page.title()).toBe('Parley');
  // The badge may have been set to 0 before the first message arrived.
  const badges = await laptop.page.evaluate(() => (window as unknown as { badges: number[] }).badges);
  expect(badges.slice(badges.indexOf(1))).toEqual([1, 0]);
  expect([...laptop.problems, ...phone.problems]).toEqual([]);
});

test('messages that arrive while the window has no attention are unread, and a line shows where they begin', async ({
  browser,
  server,
}) => {
  const { page, problems } = await openSignedIn(browser, server.url, ada);
  await openChat(page, 'Engine');
  await sendNumbers(server.url, 1, 1);
  await message(page, 'Number 1.').waitFor();
  await expect.poll(() => page.title()).toBe('Engine · Parley');
  expect(await line(page).count()).toBe(0);

  await look(page, false);
  await sendNumbers(server.url, 2, 3);
  await unread(page, 'Engine', 2).waitFor();
  expect(await page.title()).toBe('(1) Engine · Parley');
  await look(page, true);
  await unread(page, 'Engine', 2).waitFor({ state: 'detached' });
  expect(await inView(page)).toEqual(['Number 1', 'New messages', 'Number 2', 'Number 3']);
  expect(problems).toEqual([]);
});

test('a chat that is marked as unread stays so, and all chats are marked as read at once', async ({
  browser,
  server,
}) => {
  const loom = await createGroup(server.url, noa, 'Loom', [ada]);
  await sendNumbers(server.url, 1, 3);
  await send(server.url, noa, loom, 'In the loom');
  const { page, problems } = await openSignedIn(browser, server.url, ada);
  await openChat(page, 'Engine');
  await unread(page, 'Engine', 3).waitFor({ state: 'detached' });
  await chooseFromMenu(page, 'Number 2.', 'Mark as unread');
  await unread(page, 'Engine', 2).waitFor();
  await page.reload();
  await unread(page, 'Loom', 1).waitFor();
  // Opening the chat again marks it as read.
  await unread(page, 'Engine', 2).waitFor({ state: 'detached' });

  await chooseFromMenu(page, 'Number 3.', 'Mark as unread');
  await unread(page, 'Engine', 1).waitFor();
  await expect.poll(() => page.title()).toBe('(2) Engine · Parley');
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await expect.poll(() => page.title()).toBe('Engine · Parley');
  expect(await chats(page).getByRole('img').count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Mark all as read' }).count()).toBe(0);

  // Replying marks the messages above as read.
  await write(page, 'Thanks');
  await message(page, 'Thanks').getByText('Sending').waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
});

test('the unread messages of one user are not shown to the next one in the same browser, whatever its clock says', async ({
  browser,
  server,
}) => {
  await sendNumbers(server.url, 1, 1);
  const { page } = await openSignedIn(browser, server.url, noa);
  await page.clock.install({ time: Date.now() + 3_600_000 });
  await openChat(page, 'Engine');
  await message(page, 'Number 1.').waitFor();
  await page.getByRole('button', { name: 'Settings and account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Username').fill(ada.username);
  await page.getByLabel('Password', { exact: true }).fill(ada.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await unread(page, 'Engine', 1).waitFor();
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual(['parley.session']);
});

/** Gives the window attention, or takes it away. */
async function look(page: Page, isLooking: boolean): Promise<void> {
  await page.evaluate((isLooking) => {
    document.hasFocus = () => isLooking;
    window.dispatchEvent(new Event(isLooking ? 'focus' : 'blur'));
  }, isLooking);
}
