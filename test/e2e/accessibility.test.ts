import type { Page } from 'playwright-core';
import { afterAll, describe, expect } from 'vitest';
import { chats, message, openApp, openChat, signIn, write, type App } from './support/browser.ts';
import { ask, createGroup, send, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';
import { violations } from './support/violations.ts';

let ada: Person;

test.beforeAll(async ({ server }) => {
  ada = await signUp(server.url, 'Ada');
  const grace = await signUp(server.url, 'Grace');
  const chatId = await createGroup(server.url, ada, 'Engine', [grace]);
  const first = await send(server.url, grace, chatId, 'I found the bug: https://example.org/moth');
  await ask(
    server.url,
    ada.token,
    `mutation ($input: ReactionInput!) { addReaction(input: $input) { ... on Error { code message } } }`,
    { input: { messageId: first, emoji: '🎉' } },
  );
  const second = await send(server.url, ada, chatId, 'oops');
  await ask(
    server.url,
    ada.token,
    `mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) { ... on Error { code message } } }`,
    { input: { messageId: second } },
  );
});

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 780 } };
const looks = Object.keys(sizes).flatMap((size) => ['light', 'dark'].map((scheme) => ({ size, scheme })));

describe.each(looks)('$size, $scheme', ({ size, scheme }) => {
  let app: App;
  let page: Page;

  test.beforeAll(async ({ browser, server }) => {
    const viewport = sizes[size as keyof typeof sizes];
    app = await openApp(browser, server.url, { viewport, colorScheme: scheme as 'light' | 'dark' });
    page = app.page;
  });

  afterAll(async () => {
    expect(app.problems).toEqual([]);
    await page.context().close();
  });

  test('sign in and sign up', async () => {
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByLabel('Your name').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Username').fill(ada.username);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This username and password do not belong together.').waitFor();
    expect(await violations(page)).toEqual([]);
    await signIn(page, ada);
  });

  test('the chats and the settings', async () => {
    await chats(page).first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Settings and account' }).click();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test('a chat with its messages, the reactions, and a message that failed', async () => {
    await openChat(page, 'Engine');
    await message(page, 'I found the bug').waitFor();
    expect(await violations(page)).toEqual([]);
    await message(page, 'I found the bug').focus();
    await message(page, 'I found the bug').getByRole('button', { name: 'React' }).click();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await message(page, 'I found the bug').getByRole('button', { name: 'Actions for this message' }).click();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await message(page, 'I found the bug').getByRole('button', { name: 'Reply' }).click();

    const refusal = { data: { sendMessage: { __typename: 'ForbiddenError', code: 'FORBIDDEN', message: 'No.' } } };
    await page.route('**/graphql', (route) => {
      const isSending = route.request().postData()?.includes('mutation SendMessage');
      return isSending ? route.fulfill({ json: refusal }) : route.continue();
    });
    await write(page, 'Refused');
    await page.getByRole('button', { name: 'Send again' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Discard' }).click();
  });

  test('the details, and a question', async () => {
    await page.getByRole('button', { name: 'Details of the chat' }).click();
    await page.getByText('Members', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Delete chat' }).click();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('link', { name: 'Close' }).click();
  });

  test('a new chat', async () => {
    if (size === 'phone') await page.getByRole('link', { name: 'Back' }).click();
    await page.getByRole('link', { name: 'New chat' }).click();
    await page.getByRole('searchbox').fill('grace');
    await page.getByRole('checkbox').first().check({ force: true });
    expect(await violations(page)).toEqual([]);
    await page.getByRole('checkbox', { name: 'Make it a group' }).check();
    expect(await violations(page)).toEqual([]);
  });
});

test('a chat, a message, its reaction and the field can be reached with the keyboard alone', async ({
  browser,
  server,
}) => {
  const app = await openApp(browser, server.url);
  const { page } = app;
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
  await expect.poll(focused).toMatch(/^input/);
  await page.keyboard.type(ada.username);
  await page.getByLabel('Password', { exact: true }).focus();
  await page.keyboard.type(ada.password);
  await page.keyboard.press('Enter');
  await chats(page).first().waitFor();

  await tabTo(/^a .*Engine/);
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Write to Engine' }).waitFor();
  await message(page, 'I found the bug').waitFor();
  await page.keyboard.press('Shift+Tab');
  for (let back = 0; !/^article/.test(await focused()); back++) {
    expect(back).toBeLessThan(10);
    await page.keyboard.press('Shift+Tab');
  }
  await page.keyboard.press('ArrowUp');
  await expect.poll(focused).toMatch(/^article Grace/);
  await tabTo(/^button React/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await message(page, 'I found the bug').getByRole('button', { name: '❤️ 1', pressed: true }).waitFor();
  await tabTo(/^textarea/);
  expect(app.problems).toEqual([]);
  await page.context().close();
});

test('the application is served with a strict policy', async ({ server }) => {
  const page = await fetch(server.url);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("style-src 'self'");
  expect(policy).not.toContain('unsafe');
});

/** Compressed bytes of scripts and styles. */
const limits = { toSignIn: 85_000, toReadAChat: 205_000 };

test('little is loaded to sign in, and the rest of the application is small', async ({ browser, server }) => {
  const html = await (await fetch(server.url)).text();
  const first = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => server.url + path);
  expect(first.length).toBeGreaterThanOrEqual(2);
  const { page } = await openApp(browser, server.url);
  const loaded = new Set(first);
  page.on('request', (request) => void (request.url().includes('/assets/') && loaded.add(request.url())));
  await signIn(page, ada);
  await openChat(page, 'Engine');
  await message(page, 'I found the bug').waitFor();
  expect(await bytesOf(first)).toBeLessThan(limits.toSignIn);
  expect(await bytesOf([...loaded])).toBeLessThan(limits.toReadAChat);
  await page.context().close();
});

async function bytesOf(urls: string[]): Promise<number> {
  const sizes = urls.map(async (url) => {
    const { headers } = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
    expect(headers.get('content-encoding')).toBe('gzip');
    return Number(headers.get('content-length'));
  });
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}
