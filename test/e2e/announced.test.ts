import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import { message, openChat, openSignedIn } from './support/browser.ts';
import { createGroup, send, signUp } from './support/people.ts';
import type { Server } from './support/server.ts';
import { test } from './support/test.ts';

async function openEngine(browser: Browser, server: Server, options: Parameters<typeof openSignedIn>[3] = {}) {
  const [ada, noa] = await Promise.all([signUp(server.url, 'Ada'), signUp(server.url, 'Noa')]);
  const chat = await createGroup(server.url, ada, 'Engine', [noa]);
  for (const text of ['First', 'Second']) await send(server.url, noa, chat, text);
  const { page } = await openSignedIn(browser, server.url, ada, options);
  await openChat(page, 'Engine');
  await message(page, 'Second').waitFor();
  return { page, write: (text: string) => send(server.url, noa, chat, text) };
}

test('one new message is read out, and of many at once only their number', async ({ browser, server }) => {
  const { page, write } = await openEngine(browser, server);
  // Collects what a screen reader is given, in order.
  await page.evaluate(() => {
    const region = document.querySelector('[aria-live=polite].visually-hidden');
    const read: string[] = [];
    Object.assign(window, { read });
    if (!region) throw new Error('Nothing is read out.');
    new MutationObserver(() => read.push(region.textContent ?? '')).observe(region, {
      ...{ childList: true, characterData: true, subtree: true },
    });
  });
  const read = () => page.evaluate(() => (window as unknown as { read: string[] }).read);

  await write('How are you?');
  await expect.poll(read).toEqual(['Noa wrote: How are you?']);
  await Promise.all([1, 2, 3, 4, 5].map((number) => write(`Number ${number}`)));
  await expect.poll(read).toEqual(['Noa wrote: How are you?', '5 new messages']);
  await page.context().close();
});

test('on a touch screen the newest message has a hint at its actions, which disappears after a press', async ({
  browser,
  server,
}) => {
  const phone = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };
  const { page } = await openEngine(browser, server, phone);
  const hint = message(page, 'Second').locator('> span');
  await expect.poll(() => hint.isVisible()).toBe(true);
  expect(await message(page, 'First').locator('> span').count()).toBe(0);
  await message(page, 'Second').tap();
  await message(page, 'Second').getByRole('button', { name: 'React' }).waitFor();
  expect(await hint.isVisible()).toBe(false);
  await page.context().close();

  const desktop = await openEngine(browser, server);
  expect(await message(desktop.page, 'Second').locator('> span').isVisible()).toBe(false);
  await desktop.page.context().close();
});
