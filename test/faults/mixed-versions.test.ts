import { expect, inject, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { encodeId } from '../../src/graphql/ids.ts';
import { secret, tokenFor } from '../support/app.ts';
import { createEmptyDatabase } from '../support/empty-database.ts';
import { makeNewerBuild, NEWER_ITEM } from '../support/newer-build.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { socketClient, TestStream } from '../support/stream.ts';

const EVENTS = `subscription ($since: [ChatPositionInput!]) { events(since: $since) {
  __typename ... on Event { chatId position } ... on MessageCreated { message { content } } } }`;

/** Starts this build and one that knows one more type of event, side by side on one database and one Redis. */
async function startBoth() {
  const empty = await createEmptyDatabase();
  onTestFinished(() => empty.drop());
  const newerBuild = makeNewerBuild();
  onTestFinished(newerBuild.remove);
  const env = { DATABASE_URL: empty.url, REDIS_URL: inject('redisUrl')!, JWT_SECRET: secret, RECONCILE_MS: '200' };
  const start = async (cwd?: string) => {
    const server = await startServerProcess(env, cwd);
    onTestFinished(() => server.kill());
    return server;
  };
  // They start one after the other, as in a rolling update: the newer one migrates while the older one runs.
  const older = await start();
  const newer = await start(newerBuild.directory);
  const { db, close } = await openDatabase({ url: empty.url, dataDir: '' });
  onTestFinished(close);
  return { older, newer, db };
}

async function ask<T>({ port }: ServerProcess, token: string, query: string, input: object): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = (await response.json()) as { data?: Record<string, T>; errors?: unknown };
  if (!data) throw new Error(JSON.stringify(errors));
  return Object.values(data)[0]!;
}

test(
  'two versions side by side deliver everything, and a resume skips an event that only the newer one knows',
  { timeout: 90_000 },
  async () => {
    const { older, newer, db } = await startBoth();
    const signUp = async (username: string) => {
      const { id } = await db.user.create({ data: { username, displayName: username } });
      return { id, token: await tokenFor(id) };
    };
    const [ada, grace] = [await signUp('ada'), await signUp('grace')];
    const created = 'mutation ($input: CreateChatInput!) { createChat(input: $input) { ... on Chat { id position } } }';
    const renamed = 'mutation ($input: UpdateChatInput!) { updateChat(input: $input) { ... on Chat { id } } }';
    const sent = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Message { id } } }';
    const chat = await ask<{ id: string; position: number }>(older, ada.token, created, {
      kind: 'GROUP',
      title: 'Plans',
      memberIds: [encodeId('User', grace.id)],
    });
    const say = (server: ServerProcess, content: string) => ask(server, ada.token, sent, { chatId: chat.id, content });

    const listen = async (server: ServerProcess, since?: number) => {
      const client = socketClient(server.port, grace.token);
      onTestFinished(() => void client.dispose());
      const variables = since === undefined ? {} : { since: [{ chatId: chat.id, position: since }] };
      const stream = TestStream.open(client, EVENTS, variables);
      await stream.item(({ __typename }) => __typename === 'CaughtUp');
      return stream;
    };
    const live = [await listen(older), await listen(newer)];

    await say(older, 'one');
    await ask(newer, ada.token, renamed, { chatId: chat.id, title: 'Better plans' });
    await say(older, 'two');
    await ask(newer, ada.token, renamed, { chatId: chat.id, title: 'Best plans' });
    await say(newer, 'three');

    const last = chat.position + 7;
    for (const stream of live) await stream.item(({ position }) => position === last);
    const resumed = [await listen(older, chat.position), await listen(newer, chat.position)];
    // Each renaming is followed by its line, which is a message.
    const renaming = (unknown: string) => [unknown, 'MessageCreated'];
    const expected = (unknown: string) =>
      ['MessageCreated', ...renaming(unknown), 'MessageCreated', ...renaming(unknown), 'MessageCreated'].map(
        (__typename, i) => ({ __typename, position: chat.position + 1 + i }),
      );
    for (const [ofOlder, ofNewer] of [live, resumed]) {
      expect(ofOlder!.items.filter(({ chatId }) => chatId === chat.id)).toMatchObject(expected('EventSkipped'));
      expect(ofNewer!.items.filter(({ chatId }) => chatId === chat.id)).toMatchObject(expected(NEWER_ITEM));
    }
  },
);
