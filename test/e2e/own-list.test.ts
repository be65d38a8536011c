import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { chats, openSignedIn } from './support/browser.ts';
import { createGroup, send, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';

let ada: Person;
let noa: Person;
let engine: string;

/** Three chats of Ada. Engine has a message and is the newest, Bridge is the oldest. */
test.beforeEach(async ({ server }) => {
  [ada, noa] = [await signUp(server.url, 'Ada'), await signUp(server.url, 'Noa')];
  engine = await createGroup(server.url, ada, 'Engine', [noa]);
  for (const title of ['Bridge', 'Lunch']) await createGroup(server.url, ada, title, [noa]);
  await send(server.url, noa, engine, 'Number 1.');
});

const row = (page: Page, title: string) => chats(page).filter({ hasText: title });
const titles = (page: Page) =>
  chats(page).evaluateAll((rows) => rows.map((row) => /Engine|Bridge|Lunch/.exec(row.textContent)?.[0]));
const choose = (page: Page, name: string) => page.getByRole('menuitem', { name, exact: true }).click();
const view = (page: Page, name: string) => page.getByRole('group', { name: 'Chats to show' }).getByText(name);
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');

test('a chat is pinned, put in the archive and hidden, on every device of the user', async ({ browser, server }) => {
  const [laptop, phone] = [
    await openSignedIn(browser, server.url, ada),
    await openSignedIn(browser, server.url, ada, { viewport: { width: 360, height: 740 } }),
  ];
  const { page } = laptop;
  const shown = (expected: string[]) =>
    Promise.all([laptop, phone].map((app) => expect.poll(() => titles(app.page)).toEqual(expected)));
  await shown(['Engine', 'Lunch', 'Bridge']);

  // By the button of the row.
  await row(page, 'Bridge').hover();
  await row(page, 'Bridge').getByRole('button', { name: 'Actions for Bridge' }).click();
  await choose(page, 'Pin');
  await shown(['Bridge', 'Engine', 'Lunch']);
  await page.getByRole('heading', { name: 'Pinned' }).waitFor();

  // By a right click. A newer pin comes first, also after a reload.
  await row(page, 'Lunch').getByRole('link').click({ button: 'right' });
  await choose(page, 'Pin');
  await shown(['Lunch', 'Bridge', 'Engine']);
  await page.reload();
  await shown(['Lunch', 'Bridge', 'Engine']);

  // By the keyboard: the focus goes on from the next row.
  await row(page, 'Lunch').getByRole('link').focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Archive' }).press('Enter');
  await shown(['Bridge', 'Engine']);
  await expect.poll(() => focused(page)).toContain('Bridge');
  await view(page, 'Archive').click();
  await expect.poll(() => titles(page)).toEqual(['Lunch']);
  await row(page, 'Lunch').getByRole('link').click({ button: 'right' });
  await choose(page, 'Take out of the archive');
  await page.getByText('The archive is empty.').waitFor();
  await view(page, 'All').click();
  await shown(['Lunch', 'Bridge', 'Engine']);

  // A hidden chat comes back with its next message.
  await row(page, 'Engine').getByRole('link').click({ button: 'right' });
  await choose(page, 'Hide until the next message');
  await shown(['Lunch', 'Bridge']);
  await page.reload();
  await shown(['Lunch', 'Bridge']);
  await send(server.url, noa, engine, 'Number 2.');
  await shown(['Lunch', 'Bridge', 'Engine']);
  expect([...laptop.problems, ...phone.problems]).toEqual([]);
});

test('a row marks its chat as read and unread, and mutes it', async ({ browser, server }) => {
  const { page, problems } = await openSignedIn(browser, server.url, ada);
  const dot = row(page, 'Engine').getByRole('img');
  await row(page, 'Engine').getByRole('img', { name: '1 unread message' }).waitFor();
  await view(page, 'Unread').click();
  await expect.poll(() => titles(page)).toEqual(['Engine']);
  await view(page, 'All').click();

  await row(page, 'Engine').getByRole('link').click({ button: 'right' });
  await choose(page, 'Mark as read');
  await dot.waitFor({ state: 'detached' });
  await view(page, 'Unread').click();
  await page.getByText('You have read everything.').waitFor();
  await view(page, 'All').click();
  await row(page, 'Engine').getByRole('link').click({ button: 'right' });
  await choose(page, 'Mark as unread');
  await dot.waitFor();
  const loud = await dot.evaluate((it) => getComputedStyle(it).backgroundColor);

  await row(page, 'Engine').getByRole('link').click({ button: 'right' });
  await choose(page, 'Mute…');
  await choose(page, 'For an hour');
  await row(page, 'Engine').getByText('Muted').waitFor();
  expect(await dot.evaluate((it) => getComputedStyle(it).backgroundColor)).not.toBe(loud);
  await row(page, 'Engine').getByRole('link').click({ button: 'right' });
  await choose(page, 'Unmute');
  await row(page, 'Engine').getByText('Muted').waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
});

test('a finger swipes a row to the archive and marks it as read, and opens the chat by a press alone', async ({
  browser,
  server,
}) => {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  const { page, problems } = await openSignedIn(browser, server.url, ada, phone);
  const session = await page.context().newCDPSession(page);
  async function swipe(title: string, distance: number): Promise<void> {
    const { x, y, width, height } = (await row(page, title).boundingBox())!;
    const from = { x: x + width / 2, y: y + height / 2 };
    // A finger takes its time. From a quick one the browser would expect a fling, and take the next tap for its end.
    let timestamp = Date.now() / 1_000 - 2;
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: (typeof from)[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints, timestamp: (timestamp += 0.1) });
    await touch('touchStart', from);
    for (let step = 1; step <= 8; step++) await touch('touchMove', { ...from, x: from.x + (distance * step) / 8 });
    await touch('touchEnd');
  }
  await row(page, 'Engine').getByRole('img', { name: '1 unread message' }).waitFor();
  await swipe('Engine', 100);
  await row(page, 'Engine').getByRole('img').waitFor({ state: 'detached' });
  await swipe('Lunch', -100);
  await expect.poll(() => titles(page)).toEqual(['Engine', 'Bridge']);
  // Not far enough.
  await swipe('Bridge', -40);
  expect(await titles(page)).toEqual(['Engine', 'Bridge']);
  expect(new URL(page.url()).pathname).toBe('/');
  const link = row(page, 'Bridge').getByRole('link');
  await expect.poll(() => link.evaluate((it) => it.style.translate)).toBe('');
  await link.tap();
  await page.getByRole('textbox', { name: 'Write to Bridge' }).waitFor();
  expect(problems).toEqual([]);
});
