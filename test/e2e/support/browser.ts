import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { signInAt } from './people.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function openBrowser(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM_PATH, ...places].find((path) => path && existsSync(path));
  if (!executablePath) {
    throw new Error(
      'These tests need Chromium. On Debian: apt-get install -y chromium. Elsewhere: set CHROMIUM_PATH to its executable.',
    );
  }
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet] });
}

export interface Account {
  username: string;
  password: string;
}

/** One person's window of the application. */
export interface App {
  page: Page;
  /** Errors and warnings of the console, and requests to other servers. */
  problems: string[];
}

export async function openApp(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<App> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // A browser reports a lost connection in any case.
    const isNetwork = /net::ERR_|WebSocket connection to/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isNetwork) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(url).host) problems.push(`A request to ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems };
}

/** Opens a window of a user who has already signed in. Other tests sign in through the page. */
export async function openSignedIn(
  browser: Browser,
  url: string,
  { username, password }: Account,
  options: BrowserContextOptions = {},
): Promise<App> {
  const session = await signInAt(url, username, password);
  const localStorage = [{ name: 'parley.session', value: JSON.stringify(session) }];
  const storageState = { cookies: [], origins: [{ origin: new URL(url).origin, localStorage }] };
  const app = await openApp(browser, url, { ...options, storageState });
  await chatList(app.page).waitFor();
  return app;
}

export async function signIn(page: Page, { username, password }: Account): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await chatList(page).waitFor();
}

const chatList = (page: Page) => page.getByRole('navigation', { name: 'Your chats' });

export const chats = (page: Page) => chatList(page).getByRole('listitem');

export async function openChat(page: Page, title: string): Promise<void> {
  await chats(page).filter({ hasText: title }).getByRole('link').click();
  await page.getByRole('textbox', { name: `Write to ${title}` }).waitFor();
}

export async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /^Write to/ }).fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

/** A message of the open chat, stored or being sent. */
export function message(page: Page, text: string) {
  return page.getByRole('article').filter({ hasText: text });
}

export async function chooseFromMenu(page: Page, text: string, action: string): Promise<void> {
  await message(page, text).hover();
  await message(page, text).getByRole('button', { name: 'Actions for this message' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}
