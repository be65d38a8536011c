import { expect } from 'vitest';
import { chats, chooseFromMenu, message, openChat, openSignedIn, write, type App } from './support/browser.ts';
import { createGroup, send, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';

let ada: Person;
let grace: Person;
let a: App;
let b: App;

/** Two people in two browsers have the same chat open. */
test.beforeEach(async ({ browser, server }) => {
  ada = await signUp(server.url, 'Ada');
  grace = await signUp(server.url, 'Grace');
  await createGroup(server.url, ada, 'Engine', [grace]);
  [a, b] = await Promise.all([openSignedIn(browser, server.url, ada), openSignedIn(browser, server.url, grace)]);
  await Promise.all([openChat(a.page, 'Engine'), openChat(b.page, 'Engine')]);
  return async () => {
    expect([...a.problems, ...b.problems]).toEqual([]);
    await Promise.all([a.page.context().close(), b.page.context().close()]);
  };
});

test('a chat that A deletes disappears at B within a second, with a notice of who deleted it', async () => {
  await b.page.evaluate(() => (document.documentElement.dataset.sameDocument = 'yes'));
  await b.page.getByRole('textbox', { name: 'Write to Engine' }).fill('Not sent yet');
  await a.page.getByRole('button', { name: 'Details of the chat' }).click();
  await a.page.getByRole('button', { name: 'Delete chat' }).click();
  const confirm = a.page.getByRole('dialog').getByRole('button', { name: 'Delete chat' });

  const vanished = b.page.getByText('Ada deleted “Engine”.').waitFor();
  await confirm.click();
  const clicked = performance.now();
  await vanished;
  expect(performance.now() - clicked).toBeLessThan(1_000);

  expect(await chats(b.page).count()).toBe(0);
  expect(await b.page.getByRole('article').count()).toBe(0);
  expect(await b.page.getByRole('blockquote').textContent()).toBe('Not sent yet');
  expect(await b.page.evaluate(() => document.documentElement.dataset.sameDocument)).toBe('yes');
  await a.page.getByText('You deleted “Engine”.').waitFor();
  expect(new URL(a.page.url()).pathname).toBe('/');
  await b.page.getByRole('link', { name: 'To your chats' }).click();
  await b.page.getByText('Pick a chat').waitFor();
});

test('messages, reactions, edits and deletions appear at the other user; an edit keeps the reactions', async () => {
  await write(a.page, 'The engine weaves patterns');
  await message(b.page, 'The engine weaves patterns').waitFor();

  await message(b.page, 'patterns').hover();
  await message(b.page, 'patterns').getByRole('button', { name: 'React' }).click();
  await b.page.getByRole('dialog', { name: 'Choose a reaction' }).getByRole('button', { name: '🎉' }).click();
  await message(a.page, 'patterns').getByRole('button', { name: '🎉 1', pressed: false }).waitFor();

  await chooseFromMenu(a.page, 'patterns', 'Edit');
  await a.page.getByRole('textbox', { name: /^Write to/ }).fill('The engine weaves algebra');
  await a.page.getByRole('button', { name: 'Save' }).click();
  await message(b.page, 'The engine weaves algebra').getByText('edited').waitFor();
  await message(b.page, 'algebra').getByRole('button', { name: '🎉 1', pressed: true }).waitFor();
  await message(a.page, 'algebra').getByRole('button', { name: '🎉 1', pressed: false }).waitFor();
  // They are the line about the creation of the group, and the message.
  expect(await a.page.getByRole('article').count()).toBe(2);

  await message(b.page, 'algebra').hover();
  await message(b.page, 'algebra').getByRole('button', { name: 'Reply' }).click();
  await write(b.page, 'As the loom weaves flowers');
  await message(a.page, 'As the loom weaves flowers').getByText('The engine weaves algebra').waitFor();

  await message(b.page, 'algebra').first().getByRole('button', { name: '🎉 1', pressed: true }).click();
  await message(a.page, 'algebra').first().getByRole('button', { name: '🎉' }).waitFor({ state: 'detached' });

  await message(a.page, 'algebra').first().hover();
  await message(a.page, 'algebra').first().getByRole('button', { name: 'Actions for this message' }).click();
  await a.page.getByRole('menuitem', { name: 'Delete' }).click();
  await a.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await message(b.page, 'This message was deleted').waitFor();
  expect(await b.page.getByText('The engine weaves algebra').count()).toBe(0);
});

test('a new title, a new member and a removal appear without a reload', async ({ browser, server }) => {
  const linus = await signUp(server.url, 'Linus');
  const c = await openSignedIn(browser, server.url, linus);
  await a.page.getByRole('button', { name: 'Details of the chat' }).click();
  await a.page.getByRole('button', { name: 'Rename' }).click();
  await a.page.getByRole('textbox', { name: 'Name of the chat' }).fill('Loom');
  await a.page.getByRole('button', { name: 'Save' }).click();
  await chats(b.page).filter({ hasText: 'Loom' }).waitFor();

  await a.page.getByRole('button', { name: 'Add people' }).click();
  await a.page.getByRole('searchbox', { name: 'Find people by name' }).fill(linus.username);
  await a.page.getByRole('checkbox', { name: new RegExp(linus.username) }).check({ force: true });
  await a.page.getByRole('button', { name: 'Add 1 person' }).click();
  await b.page.getByText('3 members').waitFor();
  await openChat(c.page, 'Loom');

  await a.page.getByRole('button', { name: 'Manage Linus' }).click();
  await a.page.getByRole('menuitem', { name: 'Remove from chat' }).click();
  await a.page.getByRole('dialog').getByRole('button', { name: 'Remove from chat' }).click();
  await c.page.getByText('Ada removed you from “Loom”.').waitFor();
  expect(await chats(c.page).count()).toBe(0);
  await b.page.getByText('2 members').waitFor();
  expect(c.problems).toEqual([]);
  await c.page.context().close();
});

test('the list shows new messages: the latest chat first, with its last message', async ({ server }) => {
  const other = await createGroup(server.url, ada, 'Kernel', [grace]);
  await chats(b.page).filter({ hasText: 'Kernel' }).waitFor();
  await send(server.url, ada, other, 'One terse man page is enough');
  const first = chats(b.page).first();
  await expect.poll(() => first.textContent()).toContain('Ada: One terse man page is enough');
  await first.getByRole('img', { name: '1 unread message' }).waitFor();
  await openChat(b.page, 'Kernel');
  await first.getByRole('img', { name: '1 unread message' }).waitFor({ state: 'detached' });
});
