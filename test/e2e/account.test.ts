import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { message, openChat, openSignedIn } from './support/browser.ts';
import { outside } from './support/geometry.ts';
import { ask, createGroup, send, signInAt, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';
import { violations } from './support/violations.ts';

const phone = { width: 360, height: 740 };
let ada: Person;
let grace: Person;

const notice = (page: Page, text: string) => page.getByRole('status').getByText(text).waitFor();
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

async function people(url: string): Promise<void> {
  ada = await signUp(url, 'Ada');
  grace = await signUp(url, 'Grace');
}

async function openSection(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/settings`);
  await page.getByRole('link', { name }).click();
  await heading(page, name).waitFor();
}

describe.each(['en', 'ru'])('at 360 pixels, in %s', (language) => {
  test('all pages can be used with the keyboard alone, without accessibility violations', async ({
    browser,
    server,
  }) => {
    await people(server.url);
    const { page, problems } = await openSignedIn(browser, server.url, ada, { viewport: phone });
    await page.evaluate((chosen) => localStorage.setItem('parley.language', chosen), language);
    await page.reload();
    await ask(server.url, ada.token, BLOCK, { input: { userId: grace.id } });
    const focused = () =>
      page.evaluate(() => {
        const { ariaLabel, textContent, tagName } = document.activeElement ?? document.body;
        return `${tagName.toLowerCase()} ${ariaLabel ?? textContent}`;
      });
    async function tabTo(wanted: RegExp): Promise<void> {
      for (let presses = 0; !wanted.test(await focused()); presses++) {
        expect(presses, `presses on the way to ${wanted}, now at ${await focused()}`).toBeLessThan(20);
        await page.keyboard.press('Tab');
      }
    }
    const settings = page.getByRole('button', { name: /^(Settings and account|Настройки и аккаунт)$/ });
    await settings.waitFor();
    await tabTo(/^button (Settings and account|Настройки и аккаунт)/);
    await page.keyboard.press('Enter');
    await tabTo(/^a (Account and privacy|Аккаунт и приватность)/);
    await page.keyboard.press('Enter');
    await expect.poll(focused).toMatch(/^h1 /);
    const names = await page.getByRole('main').getByRole('listitem').getByRole('strong').allTextContents();
    expect(names).toHaveLength(6);
    expect(await violations(page)).toEqual([]);
    expect(await outside(page)).toEqual([]);

    for (const name of names) {
      await tabTo(new RegExp(`^a ${name}`));
      await page.keyboard.press('Enter');
      await expect.poll(focused).toBe(`h1 ${name}`);
      await page.getByRole('status', { name: /^(Loading…|Загрузка…)$/ }).waitFor({ state: 'detached' });
      expect(await violations(page)).toEqual([]);
      expect(await outside(page)).toEqual([]);
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Enter');
      await expect.poll(focused).toMatch(/^h1 /);
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

test('a name changes for the user and for viewers who have the user on screen', async ({ browser, server }) => {
  await people(server.url);
  await createGroup(server.url, ada, 'Engine', [grace]);
  const [a, g] = [await openSignedIn(browser, server.url, ada), await openSignedIn(browser, server.url, grace)];
  await openSection(a.page, server.url, 'Profile');

  await a.page.getByLabel('Your name').fill('   ');
  await a.page.getByRole('button', { name: 'Save' }).click();
  await a.page.getByText('A name has at least one character').waitFor();
  await a.page.getByLabel('Your name').fill('Countess');
  await a.page.getByRole('button', { name: 'Save' }).click();
  await notice(a.page, 'Your name is changed.');

  await a.page.getByRole('button', { name: 'Settings and account' }).click();
  await a.page.getByRole('dialog').getByText('Countess').waitFor();
  await openChat(g.page, 'Engine');
  await g.page.getByRole('button', { name: 'Details of the chat' }).click();
  await g.page.getByRole('complementary').getByText('Countess').waitFor();
  for (const { page, problems } of [a, g]) {
    expect(problems).toEqual([]);
    await page.context().close();
  }
});

test('devices are listed and signed out, one by one and all others', async ({ browser, server }) => {
  await people(server.url);
  const a = await openSignedIn(browser, server.url, ada);
  const other = await openSignedIn(browser, server.url, ada);
  await openSection(a.page, server.url, 'Devices');
  const devices = a.page.getByRole('list', { name: 'Your devices' }).getByRole('listitem');
  await devices.nth(2).waitFor();
  expect(await devices.count()).toBe(3); // the device that signed up, and two windows
  expect(await devices.filter({ hasText: 'This device' }).getByRole('button').count()).toBe(0);

  await devices
    .getByRole('button', { name: /^Sign out/ })
    .last()
    .click();
  await notice(a.page, 'is signed out.');
  await expect.poll(() => devices.count()).toBe(2);
  await a.page.getByRole('button', { name: 'Sign out all other devices' }).click();
  await a.page.getByRole('dialog').getByRole('button', { name: 'Sign out all other devices' }).click();
  await notice(a.page, 'All other devices are signed out.');
  await expect.poll(() => devices.count()).toBe(1);

  await other.page.getByText('You were signed out. Sign in to go on.').waitFor();
  for (const { page, problems } of [a, other]) {
    expect(problems.filter((problem) => !problem.includes('401'))).toEqual([]);
    await page.context().close();
  }
});

test('changing the password requires the current one, and this device stays signed in', async ({ browser, server }) => {
  await people(server.url);
  const a = await openSignedIn(browser, server.url, ada);
  const other = await openSignedIn(browser, server.url, ada);
  await openSection(a.page, server.url, 'Password');
  const change = async (current: string, next: string) => {
    await a.page.getByLabel('Current password').fill(current);
    await a.page.getByLabel('New password').fill(next);
    await a.page.getByRole('button', { name: 'Change password' }).click();
  };

  await change('not the password', 'quite another battery');
  await a.page.getByRole('alert').getByText('The current password is wrong.').waitFor();
  await change(ada.password, ada.username);
  await a.page.getByRole('alert').getByText('This cannot be the new password.').waitFor();
  await change(ada.password, 'quite another battery');
  await notice(a.page, 'Your password is changed');

  await other.page.getByText('You were signed out. Sign in to go on.').waitFor();
  expect(await signInAt(server.url, ada.username, 'quite another battery')).toHaveProperty('accessToken');
  await a.page.reload();
  await heading(a.page, 'Password').waitFor();
  await a.page.context().close();
  await other.page.context().close();
});

test('a user who accepts contact only from people in a shared chat is not reached by others', async ({
  browser,
  server,
}) => {
  await people(server.url);
  const [a, g] = [await openSignedIn(browser, server.url, ada), await openSignedIn(browser, server.url, grace)];
  await openSection(a.page, server.url, 'Privacy');
  const known = (page: Page) => page.getByRole('radio', { name: 'People I share a chat with' });
  await known(a.page).check({ force: true });
  await expect.poll(() => known(a.page).isChecked()).toBe(true);
  await openSection(a.page, server.url, 'Privacy');
  await expect.poll(() => known(a.page).isChecked()).toBe(true);

  await g.page.goto(`${server.url}/new`);
  await g.page.getByRole('searchbox').fill(ada.username);
  await g.page.getByRole('checkbox').first().check({ force: true });
  await g.page.getByRole('button', { name: 'Start chat' }).click();
  await notice(g.page, 'This person cannot be contacted.');
  for (const { page, problems } of [a, g]) {
    expect(problems).toEqual([]);
    await page.context().close();
  }
});

test('a block is on every device, folds the person’s messages in groups, and can be removed', async ({
  browser,
  server,
}) => {
  await people(server.url);
  const chatId = await createGroup(server.url, ada, 'Engine', [grace]);
  await send(server.url, grace, chatId, 'a nuisance');
  const [a, other] = [await openSignedIn(browser, server.url, ada), await openSignedIn(browser, server.url, ada)];
  await openChat(other.page, 'Engine');
  await message(other.page, 'a nuisance').waitFor();
  await openChat(a.page, 'Engine');
  await a.page.getByRole('button', { name: 'Details of the chat' }).click();
  await a.page.getByRole('button', { name: 'Manage Grace' }).click();
  await a.page.getByRole('menuitem', { name: 'Block' }).click();
  await a.page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();

  for (const { page } of [a, other]) {
    await page.getByRole('article').getByText('A message of somebody you have blocked.').waitFor();
    expect(await page.getByRole('article').getByText('a nuisance').count()).toBe(0);
  }
  await other.page.getByRole('button', { name: 'Show' }).click();
  await message(other.page, 'a nuisance').waitFor();

  await openSection(a.page, server.url, 'Blocked people');
  expect(await violations(a.page)).toEqual([]);
  await a.page.getByRole('button', { name: 'Unblock Grace' }).click();
  await a.page.getByText('You have blocked nobody').waitFor();
  await openChat(a.page, 'Engine');
  await message(a.page, 'a nuisance').waitFor();
  for (const { page, problems } of [a, other]) {
    expect(problems).toEqual([]);
    await page.context().close();
  }
});

test('a direct chat with a blocked person has no field to write in until the block is removed', async ({
  browser,
  server,
}) => {
  await people(server.url);
  await ask(
    server.url,
    ada.token,
    'mutation ($input: CreateChatInput!) { createChat(input: $input) { ... on Error { code message } } }',
    { input: { kind: 'DIRECT', memberIds: [grace.id] } },
  );
  const { page, problems } = await openSignedIn(browser, server.url, ada);
  await openChat(page, 'Grace');
  const field = page.getByRole('textbox', { name: 'Write to Grace' });
  await page.getByRole('button', { name: 'Details of the chat' }).click();
  await page.getByRole('complementary').getByRole('button', { name: 'Block' }).click();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();

  await page.getByText('You have blocked Grace.').waitFor();
  expect(await field.count()).toBe(0);
  await page.getByRole('complementary').getByRole('button', { name: 'Unblock' }).click();
  await field.waitFor();
  expect(problems).toEqual([]);
  await page.context().close();
});

test('deleting an account requires the password, and the account is gone', async ({ browser, server }) => {
  await people(server.url);
  const { page } = await openSignedIn(browser, server.url, ada);
  await openSection(page, server.url, 'Delete account');
  const remove = async (password: string) => {
    await page.getByLabel('Your password').fill(password);
    await page.getByRole('button', { name: 'Delete account' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click();
  };

  await remove('not the password');
  await page.getByText('The password is wrong.').waitFor();
  await remove(ada.password);

  await notice(page, 'Your account is deleted.');
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  expect(await page.getByText('You were signed out.').count()).toBe(0);
  await expect(signInAt(server.url, ada.username, ada.password)).rejects.toThrow('FORBIDDEN');
  await page.context().close();
});

const BLOCK = 'mutation ($input: BlockUserInput!) { blockUser(input: $input) { ... on Error { code message } } }';
