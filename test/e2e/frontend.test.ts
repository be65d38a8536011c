import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, afterEach, describe, expect } from 'vitest';
import { snippetsOf, writeSnippets } from '../support/snippets.ts';
import { installPackages, serveApp } from './support/frontend.ts';
import { ask, chatsOf, createGroup, send, signUp, type Person } from './support/people.ts';
import type { Server } from './support/server.ts';
import { test } from './support/test.ts';

let server: Server;
let workshop: string;
let frontend: ViteDevServer | undefined;

test.beforeAll(async ({ mortal }) => {
  workshop = await mkdtemp(join(tmpdir(), 'parley-frontend-'));
  server = mortal;
});

afterEach(() => frontend?.close());

afterAll(async () => {
  await rm(workshop, { recursive: true });
});

const html = '<div id="root"></div><script type="module" src="/src/main.tsx"></script>';

/** Writes the files of docs/frontend.md, in one version of the app, into a folder as `npm create vite` leaves it. */
async function writeApp(version: string, folder: string): Promise<void> {
  const clients = version === 'urql' ? ['urql', '@urql', 'wonka', '@0no-co'] : ['@apollo', 'rxjs'];
  await mkdir(folder, { recursive: true });
  await installPackages(folder, ['react', 'react-dom', 'vite', '@vitejs', 'graphql', ...clients]);
  const snippets = (await snippetsOf('docs/frontend.md')).map((snippet) => ({
    ...snippet,
    source: snippet.source.replace('http://127.0.0.1:4000', server.url),
  }));
  await writeSnippets(snippets, folder, version);
  await writeFile(join(folder, 'index.html'), html);
}

describe.each(['Apollo Client', 'urql'])('the ten-minute app with %s', (version) => {
  test('lets two people find each other, is live, survives a killed server, and shows who deleted the chat', async ({
    browser,
  }) => {
    const folder = join(workshop, version.split(' ')[0] ?? '');
    await writeApp(version, folder);

    frontend = await createServer({
      root: folder,
      configFile: join(folder, 'vite.config.ts'),
      logLevel: 'silent', // the proxy reports the server's death
      server: { host: '127.0.0.1', port: 0 },
    });
    await frontend.listen();
    const url = frontend.resolvedUrls?.local[0] ?? '';

    const [ada, grace] = await Promise.all([signUp(server.url, 'Ada'), signUp(server.url, 'Grace')]);
    const [a, b] = await Promise.all([open(browser, url, ada), open(browser, url, grace)]);
    await openChatWith(a, 'nobody_at_all');
    await a.getByRole('alert').getByText('Nobody has the username nobody_at_all.').waitFor();
    await openChatWith(a, grace.username);
    for (const page of [a, b]) await page.getByRole('button', { name: 'Engine' }).click();
    const [chat = ''] = await chatsOf(server.url, ada);

    await a.getByPlaceholder('Message', { exact: true }).fill('hello');
    await a.getByRole('button', { name: 'Send' }).dblclick();
    for (const page of [a, b]) await shows(page, ['changed the group', 'hello']);

    await server.kill();
    await b.locator('output', { hasText: /offline|connecting/ }).waitFor();
    await server.start();
    await send(server.url, ada, chat, 'back again');
    for (const page of [a, b]) await shows(page, ['changed the group', 'hello', 'back again']);

    await ask(
      server.url,
      ada.token,
      'mutation ($input: DeleteChatInput!) { deleteChat(input: $input) { __typename } }',
      {
        input: { chatId: chat },
      },
    );
    await b.getByRole('status').getByText('Ada deleted a chat').waitFor();
    await b.getByText('This chat is gone.').waitFor();
    expect(await b.getByRole('navigation').getByRole('button').count()).toBe(0);

    // Another user signs in, in another tab. Nothing of the former user's may stay.
    await openChatWith(a, grace.username);
    await a.getByRole('button', { name: 'Engine' }).click();
    await a.getByPlaceholder('Message', { exact: true }).fill('half written');
    const tab = await a.context().newPage();
    await tab.goto(url);
    // It is passed as text, because it imports modules of the page and not of this file.
    const input = JSON.stringify({ username: grace.username, password: grace.password });
    await tab.evaluate(`import('/src/session.ts').then(({ session }) => session.signIn(${input}))`);
    await a.getByPlaceholder('Message', { exact: true }).waitFor({ state: 'detached' });
    await a.locator('output', { hasText: 'live' }).waitFor();
    await a.getByRole('button', { name: 'Engine' }).waitFor();
    // No chat is open, and none is being loaded.
    expect(await a.getByPlaceholder('Message', { exact: true }).or(a.getByText('Loading …')).count()).toBe(0);
    await a.getByRole('button', { name: 'Engine' }).click();
    expect(await a.getByPlaceholder('Message', { exact: true }).inputValue()).toBe('');

    await a.getByRole('button', { name: 'Sign out' }).click();
    for (const page of [a, tab]) await page.getByRole('button', { name: 'Sign up' }).waitFor();
  }, 180_000);
});

/**
 * Writes the component of the README with the parts that the page leaves out: a query, which the page shows separately,
 * and a sign-in.
 */
async function writeReadmeApp(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await installPackages(folder, ['react', 'react-dom', 'vite', '@vitejs', 'graphql', '@apollo', 'rxjs']);
  const ofReadme = await snippetsOf('README.md');
  const query = ofReadme.find(({ language }) => language === 'graphql')?.source ?? '';
  const given = `import { gql } from '@apollo/client';\nconst ChatDocument = gql\`${query}\`;\n`;
  await writeSnippets(
    ofReadme.map((snippet) => ({ ...snippet, given })),
    folder,
  );
  await writeFile(join(folder, 'index.html'), html);
  await writeFile(
    join(folder, 'src/main.tsx'),
    `import { ApolloProvider } from '@apollo/client/react';
     import { createRoot } from 'react-dom/client';
     import { Messages, parley, session } from './Messages';
     const { chatId, ...input } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
     await session.signIn(input);
     createRoot(document.getElementById('root')!).render(
       <ApolloProvider client={parley.client}><Messages chatId={chatId} /></ApolloProvider>,
     );`,
  );
}

test('the twelve lines of the README show every text, even after the server was killed', async ({ browser }) => {
  const folder = join(workshop, 'readme');
  await writeReadmeApp(folder);
  frontend = await serveApp(folder, server.url);
  const [mary, linus] = await Promise.all([signUp(server.url, 'Mary'), signUp(server.url, 'Linus')]);
  const chatId = await createGroup(server.url, mary, 'Engine', [linus]);
  const page = await (await browser.newContext()).newPage();
  const { username, password } = mary;
  const hash = encodeURIComponent(JSON.stringify({ chatId, username, password }));
  await page.goto(`${frontend.resolvedUrls?.local[0]}#${hash}`);

  await send(server.url, linus, chatId, 'hello');
  await page.getByText('hello').waitFor();
  await server.kill();
  await server.start();
  await send(server.url, linus, chatId, 'back again');
  await page.getByText('back again').waitFor();
  expect(await page.locator('p').allTextContents()).toEqual(['hello', 'back again']);
}, 120_000);

async function open(browser: Browser, url: string, { username, password }: Person): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  // Vite bundles the packages of the app at the first request.
  await page.goto(url, { timeout: 90_000 });
  await page.getByPlaceholder('Username').fill(username);
  await page.getByPlaceholder('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('wrong').waitFor();
  await page.getByPlaceholder('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('output', { hasText: 'live' }).waitFor();
  return page;
}

async function openChatWith(page: Page, username: string): Promise<void> {
  await page.getByPlaceholder('Title').fill('Engine');
  await page.getByPlaceholder('Username of the other').fill(username);
  await page.getByRole('button', { name: 'New chat' }).click();
}

async function shows(page: Page, contents: string[]): Promise<void> {
  await page
    .getByRole('listitem')
    .nth(contents.length - 1)
    .waitFor();
  await expect
    .poll(() => page.getByRole('listitem').allTextContents(), { timeout: 20_000 })
    .toEqual(contents.map((content) => expect.stringContaining(content) as string));
}
