import { expect } from 'vitest';
import { message, openApp, openChat, openSignedIn, signIn, write } from './support/browser.ts';
import { createGroup, send, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';

let ada: Person;
let grace: Person;
let engine: string;

test.beforeAll(async ({ server }) => {
  [ada, grace] = [await signUp(server.url, 'Ada'), await signUp(server.url, 'Grace')];
  engine = await createGroup(server.url, ada, 'Engine', [grace]);
  await send(server.url, grace, engine, 'Hello');
});

const fail = (name: string) => `{ throw new DOMException('No.', '${name}'); }`;

test.for<[string, string, string]>([
  ['forbids storage', `Object.defineProperty(window, 'localStorage', { get() ${fail('SecurityError')} })`, ''],
  ['has no room left', '', `Storage.prototype.setItem = () => ${fail('QuotaExceededError')}`],
])(
  'a browser that %s: the application works, and stores nothing beyond the page',
  async ([, before, whenSignedIn], { browser, server }) => {
    const { page, problems } = await openApp(browser, server.url);
    await page.addInitScript(before);
    await page.reload();
    await signIn(page, ada);
    await page.evaluate(whenSignedIn);
    await openChat(page, 'Engine');
    await message(page, 'Hello').waitFor();
    await write(page, 'Without a store');
    await message(page, 'Without a store').first().waitFor();
    if (whenSignedIn) {
      await page.getByRole('textbox', { name: 'Write to Engine' }).fill('Not sent yet');
      await page.getByText('This browser stores no more.').waitFor();
    }
    expect(problems).toEqual([]);
    await page.context().close();
  },
);

test('unsent text is there after a reload; a sign-out clears it, the title and the address, in every tab', async ({
  browser,
  server,
}) => {
  const { page, problems } = await openSignedIn(browser, server.url, ada);
  await openChat(page, 'Engine');
  const field = page.getByRole('textbox', { name: 'Write to Engine' });
  await field.fill('Half a sent');
  await page.reload();
  await field.waitFor();
  expect(await field.inputValue()).toBe('Half a sent');
  await message(page, 'Hello').waitFor();

  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole('textbox', { name: 'Write to Engine' }).waitFor();
  await expect.poll(() => other.title()).toContain('Engine');
  await page.getByRole('button', { name: 'Settings and account' }).click();
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await page.getByRole('button', { name: 'Sign out' }).click();

  await page.getByText('Sign in to go on where you left off.').waitFor();
  await other.getByText('You were signed out.').waitFor();
  for (const tab of [page, other]) {
    expect(new URL(tab.url()).pathname).toBe('/');
    expect(await tab.title()).toBe('Parley');
    expect(await tab.evaluate(() => Object.keys(localStorage))).toEqual(['parley.theme']);
  }

  await signIn(page, grace);
  await openChat(page, 'Engine');
  expect(await field.inputValue()).toBe('');
  expect(problems).toEqual([]);
  await page.context().close();
});

test('pages that could not be loaded are loaded when the connection is back', async ({ browser, server }) => {
  const { page } = await openSignedIn(browser, server.url, ada);
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /Engine/ })
    .waitFor();
  await page.route('**/graphql', (route) =>
    route.request().postData()?.includes('query ChatHead') ? route.abort() : route.continue(),
  );
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /Engine/ })
    .click();
  await page.getByText('The messages could not be loaded.').waitFor();
  await page.unroute('**/graphql');
  await page.context().setOffline(true);
  await page.getByText('No connection.').waitFor();
  await page.context().setOffline(false);
  await message(page, 'Hello').waitFor({ timeout: 45_000 });
  expect(await page.getByText('could not be loaded').count()).toBe(0);
  await page.context().close();
});
