import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect } from 'vitest';
import { snippetsOf } from '../support/snippets.ts';
import { installPackages, serveApp } from './support/frontend.ts';
import { ask, createGroup, send, signUp } from './support/people.ts';
import { test } from './support/test.ts';

let folder: string;
let frontend: ViteDevServer | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-kit-readme-'));
});
afterAll(async () => {
  await frontend?.close();
  await rm(folder, { recursive: true });
});

/** Writes an app with the snippets of client/README.md. Each is a module, with the declarations that it needs. */
async function writeApp(password: string): Promise<void> {
  const snippets = await snippetsOf('client/README.md');
  const [signIn = '', connect = '', hear = '', sending = ''] = snippets
    .filter(({ language }) => ['ts', 'tsx'].includes(language))
    .map(({ source }) => source);
  const own = snippets.find(({ language }) => language === 'graphql');
  // The minimum that the kit needs, and a name that a snippet shows.
  const fragments = own?.given.replace('User { id }', 'User { id displayName }');
  const [hooks = '', ...calls] = sending.split(/(?=^outbox\.)/m);
  const files = {
    'index.html': '<div id="root"></div><script type="module" src="/src/main.tsx"></script>',
    'src/sign-in.ts': `
      export const password = ${JSON.stringify(password)};
      export const shown: string[] = [];
      const show = (message: string) => void shown.push(message);
      ${signIn}
      export { result };`,
    'src/connect.tsx': `
      import { gql } from '@apollo/client';
      import { password, session } from './sign-in';
      const { user } = await session.signIn({ username: 'ada', password });
      const EventsDocument = gql\`${fragments}${own?.source}\`;
      const Banner = () => <p role="alert">away</p>;
      ${connect}
      export { parley, Shell };`,
    'src/hear.tsx': `
      import { useStreamItem } from '@parley/client/react';
      import { parley } from './connect';
      const toast = (text: string) => void (document.title = text);
      export function Hear() { ${hear} return null; }`,
    'src/send.tsx': `
      import { useEffect } from 'react';
      import { useOutbox } from '@parley/client/react';
      import { parley } from './connect';
      const content = 'from the outbox';
      export function Send({ chatId, messages }: { chatId: string; messages: { id: string }[] }) {
        ${hooks}
        useEffect(() => {
          let bubble: { key: string };
          ${calls.map((call) => `${call} [bubble] = outbox.getSnapshot();`).join('\n')}
        }, []);
        return bubbles.map(({ key, input }) => <i key={key}>{input.content}</i>);
      }`,
    'src/main.tsx': `
      import { gql } from '@apollo/client';
      import { ApolloProvider, useQuery } from '@apollo/client/react';
      import { createRoot } from 'react-dom/client';
      import { parley, Shell } from './connect';
      import { Hear } from './hear';
      import { Send } from './send';
      import { result, shown } from './sign-in';
      const CHAT = gql\`query ($id: ID!) { chat(id: $id) { id position messages(last: 50) {
        edges { node { id content position revision } } pageInfo { startCursor } } } }\`;
      const chatId = decodeURIComponent(location.hash.slice(1));
      function Chat() {
        const { data } = useQuery(CHAT, { variables: { id: chatId } });
        if (!data) return null;
        if (!data.chat) return <p>gone</p>;
        const messages = data.chat.messages.edges.map(({ node }) => node);
        return <>{messages.map(({ id, content }) => content && <p key={id}>{content}</p>)}<Send chatId={chatId} messages={messages} /></>;
      }
      createRoot(document.getElementById('root')!).render(
        <ApolloProvider client={parley.client}><output>{JSON.stringify({ ok: result.ok, shown })}</output><Shell /><Hear /><Chat /></ApolloProvider>,
      );`,
  };
  await mkdir(join(folder, 'src'), { recursive: true });
  for (const [name, source] of Object.entries(files)) await writeFile(join(folder, name), source);
}

test('the snippets of client/README.md sign in, follow a chat with a document of their own, send, and receive its end', async ({
  browser,
  server,
}) => {
  const [ada, grace] = await Promise.all([signUp(server.url, 'Ada', 'ada'), signUp(server.url, 'Grace')]);
  const chatId = await createGroup(server.url, grace, 'Engine', [ada]);
  await installPackages(folder, ['react', 'react-dom', 'vite', '@vitejs', 'graphql', '@apollo', 'rxjs']);
  await writeApp(ada.password);
  frontend = await serveApp(folder, server.url);
  const page = await (await browser.newContext()).newPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  await page.goto(`${frontend.resolvedUrls?.local[0]}#${encodeURIComponent(chatId)}`);

  await page.locator('output', { hasText: '{"ok":true,"shown":[]}' }).waitFor();
  await page.locator('p', { hasText: 'from the outbox' }).waitFor();
  expect(await page.locator('i').count()).toBe(0);
  await send(server.url, grace, chatId, 'live');
  await page.locator('p', { hasText: 'live' }).waitFor();
  expect(await page.locator('p').allTextContents()).toEqual(['from the outbox', 'live']);

  const mutation = 'mutation ($input: DeleteChatInput!) { deleteChat(input: $input) { __typename } }';
  await ask(server.url, grace.token, mutation, { input: { chatId } });
  await page.getByText('gone').waitFor();
  await expect.poll(() => page.title()).toBe('Grace deleted the chat');
  expect(problems).toEqual([]);
}, 120_000);
