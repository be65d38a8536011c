import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { chats, message, openChat, openSignedIn } from './support/browser.ts';
import { createGroup, signUp } from './support/people.ts';
import { test } from './support/test.ts';

const field = (page: Page) => page.getByRole('textbox', { name: /^Write to/ });
const line = (page: Page) => page.locator('header').getByText(/typing…$/);
const row = (page: Page, title: string) =>
  chats(page)
    .filter({ hasText: title })
    .getByText(/typing…$/);

test('two users who type to each other see it, in the chat and in its row, until they stop or send', async ({
  browser,
  server,
}) => {
  const [ada, noa] = [await signUp(server.url, 'Ada'), await signUp(server.url, 'Noa')];
  await createGroup(server.url, ada, 'Engine', [noa]);
  await createGroup(server.url, ada, 'Loom', [noa]);
  const [a, n] = [await openSignedIn(browser, server.url, ada), await openSignedIn(browser, server.url, noa)];
  await openChat(a.page, 'Engine');
  await openChat(n.page, 'Loom');

  await field(a.page).pressSequentially('Is it do');
  await row(n.page, 'Engine').waitFor();
  expect(await row(n.page, 'Engine').textContent()).toBe('Ada is typing…');
  expect(await line(n.page).count()).toBe(0);
  await openChat(n.page, 'Engine');
  await line(n.page).waitFor();
  await field(n.page).pressSequentially('Nearly');
  await line(a.page).waitFor();
  expect(await line(a.page).textContent()).toBe('Noa is typing…');

  // The message is sent, which empties the field.
  await field(a.page).pressSequentially('ne?');
  await field(a.page).press('Enter');
  await message(n.page, 'Is it done?').waitFor();
  expect(await line(n.page).count()).toBe(0);
  await field(n.page).fill('');
  await line(a.page).waitFor({ state: 'detached' });
  await row(a.page, 'Engine').waitFor({ state: 'detached' });
  expect([...a.problems, ...n.problems]).toEqual([]);
});
