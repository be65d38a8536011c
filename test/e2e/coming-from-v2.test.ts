import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { snippetsOf, writeSnippets } from '../support/snippets.ts';
import { installPackages } from './support/frontend.ts';
import { ask, chatsOf, createGroup, send, signUp } from './support/people.ts';
import type { Server } from './support/server.ts';
import { test } from './support/test.ts';

let server: Server;
/** A proxy between the clients and the server. */
let proxy: Proxy;
let folder: string;

test.beforeAll(async ({ mortal }) => {
  // Browsers have a global WebSocket, and Node has one from version 22 on.
  vi.stubGlobal('WebSocket', WebSocket);
  folder = await mkdtemp(join(tmpdir(), 'parley-v2-'));
  const packages = ['@apollo/client', 'rxjs', '@urql/core', 'wonka', 'graphql', 'graphql-ws'];
  server = mortal;
  await installPackages(folder, packages);
  proxy = await startProxy({ target: { host: '127.0.0.1', port: server.port } });
  const snippets = (await snippetsOf('docs/coming-from-v2.md')).map((snippet) => ({
    ...snippet,
    source: snippet.source.replace('localhost:4000', `127.0.0.1:${proxy.port}`),
  }));
  for (const path of await writeSnippets(snippets, folder)) {
    const { outputText } = ts.transpileModule(await readFile(path, 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
    });
    await writeFile(path.replace(/\.ts$/, '.mjs'), outputText);
  }
}, 300_000);

afterAll(async () => {
  vi.unstubAllGlobals();
  await proxy?.close();
  await rm(folder, { recursive: true });
});

type Item = { __typename: string; message?: { content: string }; chatId?: string };
/** The exports of the page's two files. The types of the clients are not needed here. */
interface Exports {
  createChatClient(token: () => string): object;
  follow(client: object, listener: (item: Item) => void, fetchAgain?: () => void): { unsubscribe(): void };
  sendMessage(client: object, input: { chatId: string; content: string }): Promise<{ data: object }>;
  deleteChat(client: object, token: () => string, chatId: string): Promise<{ data: object }>;
}
const load = async (name: string) => (await import(pathToFileURL(join(folder, 'src', name)).href)) as Exports;

const CHATS = '{ chats(first: 10) { edges { node { id lastMessage { id content revision position } } } } }';
const shown = (data: { chats: { edges: { node: { id: string; lastMessage: { content: string } | null } }[] } }) =>
  data.chats.edges.map(({ node }) => [node.id, node.lastMessage?.content ?? null]);

test('both clients of docs/coming-from-v2.md receive the events of an outage of the server', async () => {
  const [ada, grace] = await Promise.all([signUp(server.url, 'Ada'), signUp(server.url, 'Grace')]);
  const kept = await createGroup(server.url, ada, 'Kept', [grace]);
  const doomed = await createGroup(server.url, ada, 'Doomed', [grace]);
  const token = () => grace.token;

  const { gql } = await import('@apollo/client');
  const apolloFile = await load('apollo.mjs');
  const apollo = apolloFile.createChatClient(token) as import('@apollo/client').ApolloClient;
  const byApollo: Item[] = [];
  let apolloShows: unknown;
  apollo
    .watchQuery({ query: gql(CHATS), fetchPolicy: 'cache-and-network' })
    .subscribe(({ data }) => (apolloShows = data && shown(data as Parameters<typeof shown>[0])));
  const followingApollo = apolloFile.follow(apollo, (item) => byApollo.push(item));

  const urqlFile = await load('urql.mjs');
  const urql = urqlFile.createChatClient(token) as import('@urql/core').Client;
  const byUrql: Item[] = [];
  let urqlShows: unknown;
  const followingUrql = urqlFile.follow(
    urql,
    (item) => byUrql.push(item),
    () =>
      void urql
        .query(CHATS, {}, { requestPolicy: 'network-only' })
        .toPromise()
        .then(({ data }) => (urqlShows = shown(data))),
  );

  const caughtUp = (items: Item[]) => items.filter(({ __typename }) => __typename === 'CaughtUp').length;
  await expect.poll(() => [caughtUp(byApollo), caughtUp(byUrql)]).toEqual([1, 1]);
  expect(await apolloFile.sendMessage(apollo, { chatId: kept, content: 'first' })).toMatchObject({
    data: { sendMessage: { content: 'first' } },
  });
  for (const items of [byApollo, byUrql]) {
    await expect.poll(() => items.map(({ message }) => message?.content)).toContain('first');
  }

  await server.kill();
  proxy.cut();
  await server.start();
  await send(server.url, ada, kept, 'second');
  await ask(server.url, ada.token, 'mutation ($id: ID!) { deleteChat(input: { chatId: $id }) { __typename } }', {
    id: doomed,
  });
  proxy.heal();
  for (const shows of [() => apolloShows, () => urqlShows]) await expect.poll(shows).toEqual([[kept, 'second']]);

  await expect.poll(() => [caughtUp(byApollo), caughtUp(byUrql)]).toEqual([2, 2]);
  for (const items of [byApollo, byUrql])
    expect(items.filter(({ message, chatId }) => message ?? chatId)).toHaveLength(1);
  expect(await urqlFile.deleteChat(urql, () => ada.token, kept)).toMatchObject({
    data: { deleteChat: { chatId: kept } },
  });
  for (const items of [byApollo, byUrql]) {
    await expect.poll(() => items.at(-1)).toMatchObject({ __typename: 'ChatDeleted', chatId: kept });
  }
  expect(await chatsOf(server.url, grace)).toEqual([]);
  followingApollo.unsubscribe();
  followingUrql.unsubscribe();
});
