import type { Route } from 'playwright-core';
import { afterEach, expect } from 'vitest';
import { message, openChat, openSignedIn, write, type App } from './support/browser.ts';
import { createGroup, signUp, storedMessages, type Person } from './support/people.ts';
import type { Server } from './support/server.ts';
import { test } from './support/test.ts';

let server: Server;
let ada: Person;
let chatId: string;
let a: App;

test.beforeAll(({ server: shared }) => void (server = shared));

test.beforeEach(async ({ browser }) => {
  ada = await signUp(server.url, 'Ada');
  chatId = await createGroup(server.url, ada, 'Engine', []);
  a = await openSignedIn(browser, server.url, ada);
  await openChat(a.page, 'Engine');
});

afterEach(async () => {
  // The event may have shown the message before the response has passed.
  await a.page.unrouteAll({ behavior: 'wait' });
  expect(a.problems).toEqual([]);
  await a.page.context().close();
});

/** Intercepts each sending, and notes its Idempotency-Key. */
async function interceptSending(handle: (route: Route, attempt: number) => Promise<void>): Promise<string[]> {
  const keys: string[] = [];
  await a.page.route('**/graphql', async (route) => {
    const request = route.request();
    if (!request.postData()?.includes('mutation SendMessage')) return route.continue();
    keys.push((await request.headerValue('idempotency-key')) ?? 'none');
    await handle(route, keys.length);
  });
  return keys;
}

const sending = () => a.page.getByRole('article').getByText('Sending');

async function isThereOnce(text: string): Promise<void> {
  await sending().waitFor({ state: 'detached' });
  expect(await message(a.page, text).count()).toBe(1);
  expect(await storedMessages(server.url, ada, chatId)).toEqual([text]);
}

test('a double click sends one message', async () => {
  await a.page.getByRole('textbox', { name: /^Write to/ }).fill('Only once');
  await a.page.getByRole('button', { name: 'Send', exact: true }).dblclick();
  await message(a.page, 'Only once').waitFor();
  await isThereOnce('Only once');
});

test('if the response is slow, the event already turns the bubble into the message', async () => {
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  await interceptSending(async (route) => {
    const response = await route.fetch();
    await answered;
    await route.fulfill({ response });
  });
  await write(a.page, 'Slowly');
  await isThereOnce('Slowly');
  answer();
  await a.page.unrouteAll({ behavior: 'wait' });
  await isThereOnce('Slowly');
});

test('a message that was stored and whose response was lost is sent again with the same key', async () => {
  const keys = await interceptSending(async (route, attempt) => {
    const response = await route.fetch();
    if (attempt === 1) return route.abort('connectionreset');
    expect(response.headers()['idempotency-replayed']).toBe('true');
    await route.fulfill({ response });
  });
  await write(a.page, 'Lost and found');
  await expect.poll(() => keys.length).toBe(2);
  expect(new Set(keys).size).toBe(1);
  await isThereOnce('Lost and found');
});

test('a failed message can be sent again, with the same key', async () => {
  const refusal = { data: { sendMessage: { __typename: 'ForbiddenError', code: 'FORBIDDEN', message: 'No.' } } };
  const keys = await interceptSending((route, attempt) =>
    attempt === 1 ? route.fulfill({ json: refusal }) : route.continue(),
  );
  await write(a.page, 'At the second try');
  await message(a.page, 'At the second try').getByText('Not sent. You are not allowed').waitFor();
  expect(await storedMessages(server.url, ada, chatId)).toEqual([]);

  await a.page.getByRole('button', { name: 'Send again' }).click();
  await isThereOnce('At the second try');
  expect(keys[1]).toBe(keys[0]);
});

test('a failed message can be discarded', async () => {
  const refusal = { data: { sendMessage: { __typename: 'ForbiddenError', code: 'FORBIDDEN', message: 'No.' } } };
  await interceptSending((route) => route.fulfill({ json: refusal }));
  await write(a.page, 'Never mind');
  await a.page.getByRole('button', { name: 'Discard' }).click();
  await message(a.page, 'Never mind').waitFor({ state: 'detached' });
  expect(await storedMessages(server.url, ada, chatId)).toEqual([]);
});
