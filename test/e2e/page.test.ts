import type { Locator, Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { chooseFromMenu, message, openApp, openChat, signIn, write, type App } from './support/browser.ts';
import { createGroup, send, signUp, type Person } from './support/people.ts';
import { test } from './support/test.ts';

let ada: Person;
let noa: Person;
let engine: string;
let app: App;
let page: Page;

test.beforeAll(async ({ browser, server }) => {
  ada = await signUp(server.url, 'Ada');
  noa = await signUp(server.url, 'נועה (תל אביב)', 'noa');
  engine = await createGroup(server.url, ada, 'Engine', [noa]);
  for (let index = 1; index <= 8; index++) await send(server.url, noa, engine, `Number ${index}.\n\n\n\n\n.`);
  await send(server.url, noa, engine, 'שלום עולם (hello)!');
  app = await openApp(browser, server.url, { reducedMotion: 'reduce' });
  page = app.page;
});

afterAll(() => expect(app.problems).toEqual([]));

const focused = () =>
  page.evaluate(() => {
    const { ariaLabel, textContent, tagName } = document.activeElement ?? document.body;
    return `${tagName.toLowerCase()} ${ariaLabel ?? textContent}`;
  });
const field = () => page.getByRole('textbox', { name: /^Write to/ });
const feed = () => page.getByRole('feed');
const toNewest = () => page.getByRole('button', { name: 'To the newest messages' });
const details = () => page.getByRole('button', { name: 'Details of the chat' });
const fromEnd = () => feed().evaluate((it) => it.scrollHeight - it.clientHeight - it.scrollTop);
const box = async (locator: Locator) => (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

test('a failed sign-in leaves the focus where it was', async () => {
  await page.getByLabel('Username').fill(ada.username);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('do not belong together').waitFor();
  expect(await focused()).toBe('button Sign in');
  await signIn(page, ada);
  await openChat(page, 'Engine');
  await message(page, 'שלום').waitFor();
});

test('a text has its own direction, and so has a name in a sentence', async () => {
  const text = message(page, 'שלום').getByText('שלום עולם (hello)!');
  const [first, last] = await text.evaluate((element) => {
    const letter = (offset: number) => {
      const range = document.createRange();
      range.setStart(element.firstChild as Text, offset);
      range.setEnd(element.firstChild as Text, offset + 1);
      return range.getBoundingClientRect().left;
    };
    return [letter(0), letter((element.textContent ?? '').length - 1)];
  });
  expect(last).toBeLessThan(first ?? 0);
  const bubble = await box(text.locator('../..'));
  expect(bubble.x + bubble.width - (first ?? 0)).toBeLessThan(40);
  const time = await box(message(page, 'שלום').locator('time'));
  expect(time.x + time.width).toBeLessThanOrEqual(last ?? 0);

  await field().fill('שלום!');
  expect(await field().evaluate((it) => getComputedStyle(it).direction)).toBe('rtl');
  await field().fill('');
  await message(page, 'שלום').focus();
  await message(page, 'שלום').getByRole('button', { name: 'Reply' }).click();
  expect(await page.getByText('Reply to').locator('bdi').textContent()).toBe(noa.displayName);
  await page.getByRole('button', { name: 'Do not reply' }).click();
  expect(await focused()).toContain('textarea');
});

test('Enter that ends the composition of a word does not send', async () => {
  await field().fill('日本');
  // Safari sends the key with this code after the composition has ended.
  const press = { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true };
  await field().evaluate((it, init) => it.dispatchEvent(new KeyboardEvent('keydown', init)), press);
  expect(await field().inputValue()).toBe('日本');
  await field().fill('');
});

test('a text with too many bytes is reported before it is sent', async () => {
  await field().fill('👨‍👩‍👧‍👦'.repeat(1_000));
  await page.getByRole('alert').getByText('Too large for one message.').waitFor();
  expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  await field().fill('');
});

test('a reader at the end stays there while the window shrinks and grows, until they scroll', async ({ server }) => {
  await expect.poll(fromEnd).toBeLessThan(10);
  for (const height of [450, 800]) {
    await page.setViewportSize({ width: 1280, height });
    await expect.poll(fromEnd).toBeLessThan(10);
    expect(await toNewest().count()).toBe(0);
  }
  for (const text of ['One more', 'And one', 'The last one']) {
    await send(server.url, noa, engine, text);
    await message(page, text).waitFor();
  }
  await expect.poll(fromEnd).toBeLessThan(10);
  expect(await toNewest().count()).toBe(0);

  await feed().hover();
  await page.mouse.wheel(0, -400);
  await toNewest().waitFor();
  await page.setViewportSize({ width: 1280, height: 700 });
  expect(await fromEnd()).toBeGreaterThan(100);
  await toNewest().click();
  await toNewest().waitFor({ state: 'detached' });
  await page.setViewportSize({ width: 1280, height: 800 });
});

test('the focus returns from every surface to the element that opened it', async () => {
  await write(page, 'Mine');
  await message(page, 'Mine').getByText('Sending').waitFor({ state: 'detached' });
  for (const end of ['Escape', 'Cancel']) {
    await chooseFromMenu(page, 'Mine', 'Delete');
    if (end === 'Escape') await page.keyboard.press('Escape');
    else await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(focused).toBe('button Actions for this message');
  }
  await message(page, 'Mine').getByRole('button', { name: 'React' }).click();
  await page.getByRole('button', { name: '🎉' }).click();
  await expect.poll(focused).toBe('button React');
  await chooseFromMenu(page, 'Mine', 'Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('This message was deleted').waitFor();
  await expect.poll(focused).toMatch(/^article You/);

  await details().focus();
  await page.keyboard.press('Space');
  await expect.poll(focused).toBe('aside Details');
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.keyboard.press('Escape');
  await expect.poll(focused).toBe('button Rename');
  await page.getByRole('button', { name: 'Add people' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(focused).toMatch(/^button .*Add people/);
  await page.keyboard.press('Escape');
  await expect.poll(focused).toBe('button Details of the chat');
});

test('a focused message is drawn once', async () => {
  await message(page, 'The last one').focus();
  await page.keyboard.press('ArrowUp');
  await expect.poll(focused).toMatch(/^article/);
  const outlines = await page.evaluate(() => {
    const article = document.activeElement ?? document.body;
    return [article, ...article.querySelectorAll('*')].filter((it) => getComputedStyle(it).outlineStyle !== 'none')
      .length;
  });
  expect(outlines).toBe(1);
});

test('the toolbar of a message does not cover its text', async () => {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    const last = message(page, 'The last one');
    await last.focus();
    const toolbar = await box(last.getByRole('button', { name: 'React' }).locator('..'));
    const bubble = await box(last.getByText('The last one').locator('../..'));
    const column = await box(last.getByText('The last one').locator('../../..'));
    const isBeside = toolbar.x >= bubble.x + bubble.width || toolbar.x + toolbar.width <= bubble.x;
    expect(isBeside || toolbar.y + toolbar.height <= column.y).toBe(true);
    expect(toolbar.x).toBeGreaterThanOrEqual(0);
    expect(toolbar.x + toolbar.width).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
});

test('the feed exposes the number of messages, and the place of each', async () => {
  const last = page.getByRole('article').last();
  const [place, count] = await last.evaluate((it) => [it.ariaPosInSet, it.ariaSetSize]);
  expect(place).toBe(count);
  expect(Number(count)).toBe(14);
});

test('a dropped file does not open in place of the chat', async () => {
  const isPrevented = await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'x.txt'));
    const init = { dataTransfer, bubbles: true, cancelable: true };
    return ['dragover', 'drop'].map((type) => !document.body.dispatchEvent(new DragEvent(type, init)));
  });
  expect(isPrevented).toEqual([true, true]);
  await page.getByText('Files cannot be sent from here.').waitFor();
});

test('with forced colours, elements with a background have a border', async () => {
  await page.emulateMedia({ forcedColors: 'active' });
  const borders = () =>
    page.evaluate(() => {
      const article = [...document.querySelectorAll('article')].at(-1);
      const shapes = [
        article?.querySelector('time')?.closest('div')?.parentElement,
        document.querySelector('section header > span[aria-hidden]'),
      ];
      return shapes.map((it) => {
        if (!it) return 'missing';
        const { borderTopStyle, borderTopWidth } = getComputedStyle(it);
        return borderTopStyle === 'none' ? 'none' : borderTopWidth;
      });
    });
  // The page applies the colours a moment after they have been set.
  await expect.poll(borders).toEqual(['1px', '1px']);
  const row = page.getByRole('navigation').locator('a[aria-current]');
  expect(await row.evaluate((it) => getComputedStyle(it).outlineWidth)).toBe('2px');
  await page.emulateMedia({ forcedColors: 'none' });
});

test('the banner about a lost connection covers nothing', async () => {
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.context().setOffline(true);
    const banner = page.getByText('No connection.');
    await banner.waitFor();
    const lost = await box(banner);
    await expect
      .poll(async () => (await box(page.getByRole('heading', { name: 'Engine' }))).y)
      .toBeGreaterThan(lost.y + lost.height - 1);
    await page.context().setOffline(false);
    await banner.waitFor({ state: 'detached', timeout: 45_000 });
  }
});

test('an unknown address shows that, with a link back', async ({ server }) => {
  await page.goto(`${server.url}/chats/x/nonsense`);
  await page.getByText('There is nothing here').waitFor();
  await page.getByRole('link', { name: 'To your chats' }).click();
  expect(new URL(page.url()).pathname).toBe('/');
});
