import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { chats, message, openChat, openSignedIn } from './support/browser.ts';
import { createGroup, send, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';

let ada: Person;
let engine: string;

test.beforeEach(async ({ server }) => {
  ada = await signUp(server.url, 'Ada');
  engine = await createGroup(server.url, ada, 'Engine', [await signUp(server.url, 'Noa')]);
  await createGroup(server.url, ada, 'Loom', []);
});

const field = (page: Page) => page.getByRole('textbox', { name: /^Write to/ });
const row = (page: Page, text: string) => chats(page).filter({ hasText: 'Engine' }).getByText(text);

test('a draft from the laptop is continued on the phone, with the message that it replies to', async ({
  browser,
  server,
}) => {
  await send(server.url, ada, engine, 'Question');
  const laptop = await openSignedIn(browser, server.url, ada);
  await openChat(laptop.page, 'Engine');
  await message(laptop.page, 'Question').hover();
  await message(laptop.page, 'Question').getByRole('button', { name: 'Reply' }).click();
  await field(laptop.page).pressSequentially('The ans');
  await openChat(laptop.page, 'Loom');
  await row(laptop.page, 'Draft: The ans').waitFor();

  const phone = await openSignedIn(browser, server.url, ada, { viewport: { width: 360, height: 740 } });
  await row(phone.page, 'Draft: The ans').waitFor();
  await openChat(phone.page, 'Engine');
  await phone.page.getByText('Reply to Ada').waitFor();
  await field(phone.page).press('End');
  await field(phone.page).pressSequentially('wer');
  await field(phone.page).press('Enter');
  await message(phone.page, 'The answer').waitFor();
  expect(await field(phone.page).inputValue()).toBe('');
  await row(laptop.page, 'You: The answer').waitFor();
  expect([...laptop.problems, ...phone.problems]).toEqual([]);
});

test('if a draft is written on two devices at once, both texts are shown, and both can be kept', async ({
  browser,
  server,
}) => {
  const [laptop, phone] = [
    await openSignedIn(browser, server.url, ada),
    await openSignedIn(browser, server.url, ada, { viewport: { width: 360, height: 740 } }),
  ];
  await openChat(laptop.page, 'Engine');
  await openChat(phone.page, 'Engine');
  await phone.page.context().setOffline(true);
  await phone.page.getByText('No connection').or(phone.page.getByText('Connecting…')).first().waitFor();
  await field(phone.page).fill('On the phone');
  await field(laptop.page).fill('On the laptop');
  await field(laptop.page).blur();
  await phone.page.context().setOffline(false);
  const conflict = phone.page.getByRole('region', { name: 'You have also written this on another device:' });
  await conflict.getByText('On the laptop', { exact: true }).waitFor();
  expect(await field(phone.page).inputValue()).toBe('On the phone');
  await conflict.getByRole('button', { name: 'Keep both' }).click();
  await conflict.waitFor({ state: 'detached' });
  await expect.poll(() => field(laptop.page).inputValue()).toBe('On the laptop\nOn the phone');
  expect(await field(phone.page).inputValue()).toBe('On the laptop\nOn the phone');
  expect([...laptop.problems, ...phone.problems]).toEqual([]);
});
