import type { Browser, Page, Response } from 'playwright-core';
import { expect } from 'vitest';
import type { Server } from './support/server.ts';
import { test } from './support/test.ts';

async function openGraphiQL(browser: Browser, server: Server): Promise<{ page: Page; requests: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(`${server.url}/graphql`);
  await page.locator('.graphiql-query-editor').getByText('mutation').first().waitFor();
  return { page, requests };
}

/** Writes into one of the two editors below the document. */
async function fillEditor(page: Page, name: 'Variables' | 'Headers', value: object): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(JSON.stringify(value));
}

/** Runs one operation of the document. */
async function run(page: Page, operation: string): Promise<void> {
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await page.getByRole('menuitem', { name: operation, exact: true }).click();
}

/** Runs it and copies the result, because on the screen its long lines are broken. */
async function runAndCopy<T>(page: Page, operation: string): Promise<T> {
  const isAnswer = (response: Response) =>
    response.request().postData()?.includes(`"operationName":"${operation}"`) ?? false;
  const [response] = await Promise.all([page.waitForResponse(isAnswer), run(page, operation)]);
  const { data } = (await response.json()) as { data: T };
  return data;
}

/** Waits for a result on the screen. The editor shows spaces as non-breaking ones. */
async function shows(page: Page, pattern: RegExp): Promise<void> {
  const lines = () => page.locator('.result-window .view-line').allTextContents();
  await expect.poll(async () => (await lines()).join('\n').replaceAll('\u00A0', ' ')).toMatch(pattern);
}

test('the example runs, and a subscription receives its events', async ({ browser, server }) => {
  const { page, requests } = await openGraphiQL(browser, server);
  const { signUp } = await runAndCopy<{ signUp: { accessToken: string } }>(page, 'SignUp');
  await shows(page, /"displayName": "Ada"/);
  const headers = { Authorization: `Bearer ${signUp.accessToken}` };
  await fillEditor(page, 'Headers', headers);

  const { createChat } = await runAndCopy<{ createChat: { id: string } }>(page, 'CreateChat');
  await shows(page, /"title": "Hello"/);
  await fillEditor(page, 'Variables', { chatId: createChat.id });

  const listener = await openGraphiQL(browser, server);
  await fillEditor(listener.page, 'Headers', headers);
  await run(listener.page, 'Listen');
  await shows(listener.page, /CaughtUp/);

  await run(page, 'SendMessage');
  await shows(page, /"content": "Hello, world"/);
  await shows(listener.page, /MessageCreated[^]*"content": "Hello, world"/);

  await run(page, 'Chats');
  await shows(page, /"lastMessage": \{\s*"content": "Hello, world"/);
  const elsewhere = [...requests, ...listener.requests].filter(
    (url) => /^https?:/.test(url) && !url.startsWith(server.url),
  );
  expect(elsewhere).toEqual([]);
});
