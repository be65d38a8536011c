import { afterEach, expect } from 'vitest';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { message, openChat, openSignedIn, write, type App } from './support/browser.ts';
import { createGroup, send, signUp, storedMessages, type Person } from './support/people.ts';
import type { Server } from './support/server.ts';
import { test } from './support/test.ts';

const fifty = Array.from({ length: 50 }, (_, index) => `Number ${index + 1}.`);

let server: Server;
let proxy: Proxy;
let ada: Person;
let grace: Person;
let chatId: string;
let b: App;

/** B has a connection that can be cut, and A writes directly to the server. */
test.beforeEach(async ({ browser, mortal }) => {
  server = mortal;
  ada = await signUp(server.url, 'Ada');
  grace = await signUp(server.url, 'Grace');
  chatId = await createGroup(server.url, ada, 'Engine', [grace]);
  proxy = await startProxy({ target: { host: '127.0.0.1', port: server.port } });
  b = await openSignedIn(browser, proxy.through(server.url), grace);
  await openChat(b.page, 'Engine');
  await send(server.url, ada, chatId, 'Before.');
  await message(b.page, 'Before.').waitFor();
});

afterEach(async () => {
  expect(b.problems).toEqual([]);
  await b.page.context().close();
  await proxy.close();
});

/** The kit never waits longer than 30 s between attempts to connect. */
const returning = { timeout: 45_000 };
const banner = () => b.page.getByText('No connection.');

/** The texts of the chat, oldest first, as B sees them while scrolling up. */
async function seenByB(): Promise<(string | undefined)[]> {
  const feed = b.page.getByRole('feed');
  const scrollTop = () => feed.evaluate((element) => element.scrollTop);
  const seen: string[] = [];
  await feed.hover();
  for (;;) {
    const rows = await b.page
      .getByRole('article')
      .evaluateAll((articles) =>
        articles.map(({ dataset, textContent }) => [Number(dataset.index), textContent] as const),
      );
    for (const [index, text] of rows)
      seen[index] = /Ada created “Engine”|Before\.|Number \d+\./.exec(text)?.[0] ?? text;
    const before = await scrollTop();
    if (before === 0) return [...seen];
    // The list may still be on its way to its end, where it keeps a reader who is there. Then the test scrolls again.
    await expect
      .poll(async () => {
        if ((await scrollTop()) >= before) await b.page.mouse.wheel(0, -300);
        return scrollTop();
      })
      .toBeLessThan(before);
  }
}

test('B is disconnected while A writes fifty messages, and then has each of them once, in order', async () => {
  proxy.cut();
  await banner().waitFor();
  for (const text of fifty) await send(server.url, ada, chatId, text);
  proxy.heal();
  await message(b.page, 'Number 50.').waitFor(returning);
  await banner().waitFor({ state: 'detached' });
  expect(await seenByB()).toEqual(['Ada created “Engine”', 'Before.', ...fifty]);
});

test('the same with a server that is killed and started again', async () => {
  for (const text of fifty.slice(0, 25)) await send(server.url, ada, chatId, text);
  await server.kill();
  await banner().waitFor();
  await server.start();
  for (const text of fifty.slice(25)) await send(server.url, ada, chatId, text);
  await message(b.page, 'Number 50.').waitFor(returning);
  await banner().waitFor({ state: 'detached' });
  expect(await seenByB()).toEqual(['Ada created “Engine”', 'Before.', ...fifty]);
});

test('messages that B writes while disconnected are sent once when the connection is back', async () => {
  proxy.cut();
  await banner().waitFor();
  await write(b.page, 'From the dark');
  await message(b.page, 'From the dark').getByText('Sending').waitFor();
  proxy.heal();
  await expect.poll(() => storedMessages(server.url, ada, chatId), { timeout: 30_000 }).toContain('From the dark');
  await message(b.page, 'From the dark').getByText('Sending').waitFor({ state: 'detached' });
  expect(await message(b.page, 'From the dark').count()).toBe(1);
  expect(await storedMessages(server.url, ada, chatId)).toEqual(['Before.', 'From the dark']);
});

test('messages that B could not send are there after a reload, and are sent once when the server answers', async () => {
  await b.page.route('**/graphql', (route) =>
    route.request().postData()?.includes('mutation SendMessage') ? route.abort() : route.continue(),
  );
  await write(b.page, 'Over a reload');
  await message(b.page, 'Over a reload').waitFor();
  await b.page.reload();
  await message(b.page, 'Over a reload').getByText('Not sent.').waitFor(returning);
  expect(await storedMessages(server.url, ada, chatId)).toEqual(['Before.']);

  await b.page.unroute('**/graphql');
  await b.page.reload();
  await expect
    .poll(() => storedMessages(server.url, ada, chatId), { timeout: 30_000 })
    .toEqual(['Before.', 'Over a reload']);
  await message(b.page, 'Over a reload').getByText('Sending').waitFor({ state: 'detached' });
  expect(await message(b.page, 'Over a reload').count()).toBe(1);
});
