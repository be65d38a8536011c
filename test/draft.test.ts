import { describe, expect } from 'vitest';
import { encodeId, rowId } from '../src/graphql/ids.ts';
import { limits } from '../src/limits.ts';
import { purgeViewerState } from '../src/operations/purge-viewer-state.ts';
import { silent, type TestUser } from './support/app.ts';
import { add, does, group, remove, send, type Chat } from './support/documents.ts';
import { allPages } from './support/pages.ts';
import { countStatements } from './support/statements.ts';
import type { TestStream } from './support/stream.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers(silent);

const DRAFT = 'chatId version content replyToId updatedAt';
const ERROR = '... on Error { code message } ... on InvalidInputError { field }';
const EVENTS = `subscription ($version: Int) {
  events(viewerStateSince: $version) {
    __typename
    ... on ViewerEvent { version }
    ... on DraftChanged { chatId draft { version content } }
  }
}`;

interface Draft {
  chatId: string;
  version: number;
  content: string;
  updatedAt: string;
  code?: string;
}

const save = (user: TestUser, { id: chatId }: { id: string }, content: string, more: object = {}) =>
  user.ask<Draft>(
    `mutation ($input: SaveDraftInput!) { saveDraft(input: $input) { __typename ... on Draft { ${DRAFT} } ${ERROR} } }`,
    { input: { chatId, content, ...more } },
  );
const drop = (user: TestUser, { id: chatId }: { id: string }, ifVersion?: number) =>
  user.ask(
    `mutation ($input: DeleteDraftInput!) { deleteDraft(input: $input) { __typename ... on DraftDeleted { chatId version } ${ERROR} } }`,
    { input: { chatId, ...(ifVersion !== undefined && { ifVersion }) } },
  );
const draftOf = async (user: TestUser, { id }: Chat) =>
  (await user.ask<{ draft: Draft | null }>(`query ($id: ID!) { chat(id: $id) { draft { ${DRAFT} } } }`, { id })).draft;

/** The contents of the user's drafts, latest first, read page by page. */
const list = async (user: TestUser): Promise<string[]> =>
  (
    await allPages<{ content: string }>(
      user,
      'query ($after: String) { drafts(first: 1, after: $after) { edges { node { content } } pageInfo { hasNextPage endCursor } } }',
    )
  ).map(({ content }) => content);

const device = (user: TestUser, version: number) => user.subscribe(EVENTS, { version }).caughtUp();
const changes = ({ items }: TestStream) => items.filter(({ __typename }) => __typename === 'DraftChanged');

test('a draft is on every device of its user, on every server, until it is deleted, and nobody else sees it', async ({
  two,
  ada,
  grace,
}) => {
  const chat = await group(ada, grace);
  const [live, other] = [await device(ada.at(two), 0), await device(grace.at(two), 0)];
  const saved = await save(ada, chat, '  half a ');
  expect(saved).toMatchObject({ chatId: chat.id, version: 1, content: '  half a ', replyToId: null });
  expect(await live.item(({ version }) => version === 1)).toMatchObject({
    chatId: chat.id,
    draft: { content: '  half a ' },
  });
  expect(await draftOf(ada.at(two), chat)).toEqual({ ...saved, __typename: undefined });
  expect(await draftOf(grace, chat)).toBeNull();

  expect(await drop(ada.at(two), chat)).toMatchObject({ chatId: chat.id, version: 2 });
  expect(await live.item(({ version }) => version === 2)).toMatchObject({ chatId: chat.id, draft: null });
  expect(await draftOf(ada, chat)).toBeNull();
  expect(await drop(ada, chat)).toMatchObject({ version: 2 });
  expect(changes(other)).toEqual([]);
  expect(changes(await device(ada, 0))).toMatchObject([{ version: 2, draft: null }]);
  expect(changes(await device(ada, 1))).toMatchObject([{ version: 2, draft: null }]);
  for (const stream of [live, other]) stream.stop();
});

describe('a draft that was written on two devices', () => {
  test('is not lost: a device that does not know the other version gets CONFLICT, and nothing changes', async ({
    two,
    ada,
  }) => {
    const chat = await group(ada);
    const first = await save(ada, chat, 'phone');
    const second = await save(ada, chat, 'phone, longer', { ifVersion: first.version });
    const conflict = {
      ...{ __typename: 'ConflictError', code: 'CONFLICT' },
      message: 'ifVersion: another device has changed the draft, which is now of version 2. Read it first.',
    };
    expect(await save(ada.at(two), chat, 'laptop', { ifVersion: first.version })).toEqual(conflict);
    expect(await drop(ada.at(two), chat, first.version)).toEqual(conflict);
    expect(await draftOf(ada, chat)).toMatchObject({ version: 2, content: 'phone, longer' });

    expect(await save(ada.at(two), chat, 'both', { ifVersion: second.version })).toMatchObject({ version: 3 });
    expect(await save(ada, chat, 'without asking')).toMatchObject({ version: 4 });
    expect(await drop(ada, chat, 4)).toMatchObject({ version: 5 });
    expect(await save(ada.at(two), chat, 'begun anew', { ifVersion: 4 })).toMatchObject({ version: 6 });
  });

  test('at the same moment is stored once, and the other device gets CONFLICT', async ({ two, ada }) => {
    const chat = await group(ada);
    const { version } = await save(ada, chat, 'known to both');
    const answers = await Promise.all([
      save(ada, chat, 'one', { ifVersion: version }),
      save(ada.at(two), chat, 'two', { ifVersion: version }),
    ]);
    expect(answers.map(({ code }) => code).filter(Boolean)).toEqual(['CONFLICT']);
    const kept = answers.find(({ code }) => code === undefined)!;
    expect(await draftOf(ada, chat)).toMatchObject({ content: kept.content });
  });

  test('does not change if the same content is saved again after a lost response', async ({ two, ada }) => {
    const chat = await group(ada);
    const { version } = await save(ada, chat, 'a');
    const saved = await save(ada, chat, 'ab', { ifVersion: version });
    expect(await save(ada.at(two), chat, 'ab', { ifVersion: version })).toEqual(saved);
  });
});

test('a draft replies to a message of its chat, and may then be empty', async ({ ada }) => {
  const [chat, other] = [await group(ada), await group(ada)];
  const [message, elsewhere] = [await send(ada, chat), await send(ada, other)];
  expect(await save(ada, chat, '', { replyToId: message.id })).toMatchObject({ content: '', replyToId: message.id });
  expect(await save(ada, chat, '', { replyToId: elsewhere.id })).toMatchObject({
    ...{ code: 'NOT_FOUND', message: 'replyToId: no message of this chat has this id.' },
  });
  expect(await save(ada, chat, '')).toMatchObject({ code: 'INVALID_INPUT', field: 'content' });
});

test('a draft is visible only while its user is a member of the chat', async ({ ada, grace }) => {
  const [chat, other, kept] = [await group(grace, ada), await group(grace), await group(ada)];
  await save(ada, chat, 'first');
  await save(ada, kept, 'second');
  await save(ada, kept, 'third');
  expect(await list(ada)).toEqual(['third', 'first']);
  expect(await save(ada, other, 'x')).toMatchObject({ code: 'FORBIDDEN' });
  const unknown = { id: encodeId('Chat', '3f333df6-90a4-4fda-8dd3-9485d27cee36') };
  expect(await save(ada, unknown, 'x')).toMatchObject({ code: 'NOT_FOUND' });
  expect(await drop(ada, other)).toMatchObject({ code: 'FORBIDDEN' });

  await remove(ada, chat, ada);
  expect(await list(ada)).toEqual(['third']);
  expect(changes(await device(ada, 0)).map(({ chatId }) => chatId)).toEqual([kept.id]);
  await add(grace, chat, ada);
  expect(await draftOf(ada, chat)).toMatchObject({ content: 'first' });
  await does(grace, 'deleteChat', { chatId: chat.id });
  expect(await list(ada)).toEqual(['third']);
});

test(
  'at most 1,000 chats have a draft; drafts of ended memberships do not count',
  { timeout: 60_000 },
  async ({ one, ada }) => {
    const { db } = one.database;
    const chats = await db.chat.createManyAndReturn({
      data: Array.from({ length: limits.drafts }, () => ({
        ...{ kind: 'GROUP' as const, createdById: ada.rowId, createdAt: new Date(), lastActivityAt: new Date() },
        ...{ position: 1, rightsVersion: 1 },
      })),
    });
    const own = chats.map(({ id: chatId }) => ({ userId: ada.rowId, chatId }));
    await db.chatMember.createMany({
      data: own.map((row) => ({ ...row, role: 'MEMBER' as const, joinedAt: new Date(), joinedPosition: 1 })),
    });
    await db.draft.createMany({
      data: own.map((row) => ({ ...row, version: 0, content: 'x', updatedAt: new Date() })),
    });
    const chat = await group(ada);
    expect(await save(ada, chat, 'x')).toMatchObject({ code: 'INVALID_INPUT', field: 'chatId' });
    expect(await save(ada, { id: encodeId('Chat', chats[0]!.id) }, 'y')).toMatchObject({ content: 'y' });
    const chatId = chats[1]!.id;
    await db.chatMember.update({ where: { chatId_userId: { chatId, userId: ada.rowId } }, data: { leftPosition: 1 } });
    expect(await save(ada, chat, 'x')).toMatchObject({ content: 'x' });
  },
);

test('deleted drafts are purged after a time, and a client that missed the deletion reads everything again', async ({
  one,
  ada,
}) => {
  const [chat, other] = [await group(ada), await group(ada)];
  await save(ada, chat, 'x');
  await save(ada, other, 'stays');
  await drop(ada, chat);
  const { db } = one.database;
  expect(await purgeViewerState(db, 3_600_000)).toBe(0);
  const where = { userId: ada.rowId, chatId: rowId('Chat', chat.id) };
  await db.draft.updateMany({ where, data: { updatedAt: new Date(Date.now() - 7_200_000) } });
  expect(await purgeViewerState(db, 3_600_000)).toBe(1);
  expect(await db.draft.count({ where })).toBe(0);
  const behind = await device(ada, 2);
  expect(behind.items.filter(({ version }) => version !== undefined)).toMatchObject([
    { __typename: 'ViewerStateReset', version: 0 },
    { __typename: 'DraftChanged', version: 2, draft: { content: 'stays' } },
  ]);
  expect(changes(await device(ada, 3))).toEqual([]);
  behind.stop();
});

test('statements: the drafts of a list of chats take one more, and saving takes one transaction', async ({ ada }) => {
  for (let i = 0; i < 3; i++) await save(ada, await group(ada), `${i}`);
  const chats = (fields: string) => () => ada.ask(`{ chats { edges { node { id ${fields} } } } }`);
  expect(await countStatements(chats('draft { content }'))).toBe((await countStatements(chats(''))) + 1);
  expect(await countStatements(() => ada.ask('{ drafts { edges { node { content } } } }'))).toBe(1);
});
