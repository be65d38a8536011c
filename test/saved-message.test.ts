import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { encodeId, rowId } from '../src/graphql/ids.ts';
import { limits } from '../src/limits.ts';
import { purgeViewerState } from '../src/operations/purge-viewer-state.ts';
import { silent, type TestUser } from './support/app.ts';
import { add, does, group, remove, send } from './support/documents.ts';
import { allPages } from './support/pages.ts';
import { countStatements } from './support/statements.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers(silent);

const SAVED = 'messageId version note savedAt message { content }';
/** `SavedMessage` has a field `message` too, so that of an error needs an alias. */
const ERROR = '... on Error { code why: message } ... on InvalidInputError { field }';

interface Saved {
  messageId: string;
  version: number;
  note: string | null;
  savedAt: string;
  message: { content: string } | null;
}

const save = (user: TestUser, { id: messageId }: { id: string }, more: object = {}) =>
  user.ask<Saved>(
    `mutation ($input: SaveMessageInput!) { saveMessage(input: $input) { ... on SavedMessage { ${SAVED} } ${ERROR} } }`,
    { input: { messageId, ...more } },
  );
const unsave = (user: TestUser, { id: messageId }: { id: string }) =>
  user.ask(
    `mutation ($input: UnsaveMessageInput!) { unsaveMessage(input: $input) { ... on SavedMessageDeleted { messageId version } ${ERROR} } }`,
    { input: { messageId } },
  );

/** The user's saved messages, latest first, read page by page. */
const list = (user: TestUser) =>
  allPages<Saved>(
    user,
    `query ($after: String) { savedMessages(first: 2, after: $after) { edges { node { ${SAVED} } } pageInfo { hasNextPage endCursor } } }`,
  );

const device = (user: TestUser, version: number) =>
  user
    .subscribe(
      `subscription ($version: Int) { events(viewerStateSince: $version) { __typename ... on ViewerEvent { version }
       ... on SavedMessageChanged { messageId savedMessage { note message { content } } } } }`,
      { version },
    )
    .caughtUp();

test('a saved message is on every device of its user, on any server, until it is removed, and nobody else sees it', async ({
  two,
  ada,
  grace,
}) => {
  const chat = await group(ada, grace);
  const message = await send(grace, chat, 'keep me');
  const [live, other] = [await device(ada.at(two), 0), await device(grace.at(two), 0)];
  const saved = await save(ada, message, { note: 'for Monday' });
  expect(saved).toMatchObject({
    messageId: message.id,
    version: 1,
    note: 'for Monday',
    message: { content: 'keep me' },
  });
  expect(await live.item(({ version }) => version === 1)).toMatchObject({
    ...{ messageId: message.id, savedMessage: { note: 'for Monday', message: { content: 'keep me' } } },
  });
  expect(await list(ada.at(two))).toEqual([saved]);

  expect(await save(ada, message)).toEqual(saved);
  expect(await save(ada, message, { note: null })).toEqual({ ...saved, version: 2, note: null });
  expect(await unsave(ada.at(two), message)).toEqual({ messageId: message.id, version: 3 });
  expect(await live.item(({ version }) => version === 3)).toMatchObject({ messageId: message.id, savedMessage: null });
  expect(await unsave(ada, message)).toEqual({ messageId: message.id, version: 3 });
  expect(await list(ada)).toEqual([]);
  expect(await list(grace)).toEqual([]);
  expect(other.items.filter(({ version }) => version !== undefined)).toEqual([]);
  for (const stream of [live, other]) stream.stop();
});

test('a saved message is shown as it is now, and not while the viewer may not see it', async ({ ada, grace }) => {
  const chat = await group(grace, ada);
  const [first, second] = [await send(grace, chat, 'first'), await send(grace, chat, 'second')];
  for (const message of [first, second]) await save(ada, message);
  await does(grace, 'editMessage', { messageId: first.id, content: 'edited' });
  expect((await list(ada)).map(({ message }) => message?.content)).toEqual(['second', 'edited']);
  await remove(grace, chat, ada);
  expect((await list(ada)).map(({ message }) => message)).toEqual([null, null]);
  expect(await unsave(ada, second)).toMatchObject({ version: 3 });
  await add(grace, chat, ada);
  expect((await list(ada)).map(({ message }) => message?.content)).toEqual(['edited']);
});

test('only messages of one’s own chats that are not deleted can be saved', async ({ ada, grace }) => {
  const [chat, other] = [await group(ada), await group(grace)];
  const [deleted, strange] = [await send(ada, chat), await send(grace, other)];
  await does(ada, 'deleteMessage', { messageId: deleted.id });
  expect(await save(ada, deleted)).toMatchObject({ code: 'NOT_FOUND', why: 'This message is deleted.' });
  expect(await save(ada, strange)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await save(ada, { id: encodeId('Message', randomUUID()) })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await save(ada, chat)).toMatchObject({ code: 'NOT_FOUND' });
  expect(await unsave(ada, strange)).toMatchObject({ version: 0 });
  expect(await list(ada)).toEqual([]);
});

test('at most 1,000 messages are saved', { timeout: 60_000 }, async ({ one, ada }) => {
  const message = await send(ada, await group(ada));
  const ids = Array.from({ length: limits.savedMessages }, () => randomUUID());
  await one.database.db.savedMessage.createMany({
    data: ids.map((messageId) => ({
      ...{ userId: ada.rowId, messageId, chatId: randomUUID(), version: 0, savedAt: new Date() },
    })),
  });
  expect(await save(ada, message)).toMatchObject({ code: 'INVALID_INPUT', field: 'messageId' });
  await unsave(ada, { id: encodeId('Message', ids[0]!) });
  expect(await save(ada, message)).toMatchObject({ messageId: message.id });
});

test('removed entries are purged after a time, and the message can be saved again before and after', async ({
  one,
  ada,
}) => {
  const message = await send(ada, await group(ada));
  await save(ada, message, { note: 'old' });
  await unsave(ada, message);
  expect(await save(ada, message)).toMatchObject({ version: 3, note: null });
  await unsave(ada, message);
  const where = { userId: ada.rowId, messageId: rowId('Message', message.id) };
  await one.database.db.savedMessage.updateMany({ where, data: { removedAt: new Date(Date.now() - 7_200_000) } });
  expect(await purgeViewerState(one.database.db, 3_600_000)).toBe(1);
  expect(await one.database.db.viewerVersion.findUnique({ where: { userId: ada.rowId } })).toMatchObject({ floor: 4 });
  expect(await save(ada, message)).toMatchObject({ version: 5 });
});

test('statements: a page of saved messages takes two, whatever its size', async ({ ada }) => {
  const chat = await group(ada);
  for (let i = 0; i < 3; i++) await save(ada, await send(ada, chat));
  const page = () => ada.ask(`{ savedMessages { edges { node { ${SAVED} } } } }`);
  expect(await countStatements(page)).toBe(2);
});
