import { describe, expect } from 'vitest';
import { encodeId, rowId } from '../src/graphql/ids.ts';
import { limits } from '../src/limits.ts';
import { silent, startTestServer, type TestUser } from './support/app.ts';
import { add, does, group, remove, send } from './support/documents.ts';
import { keep, markRead, markUnread, unreadSummary, updateSettings, viewerState } from './support/read-state.ts';
import type { TestStream } from './support/stream.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers(silent);

const EVENTS = `subscription ($version: Int) {
  events(viewerStateSince: $version) {
    __typename
    ... on ViewerEvent { version }
    ... on ViewerChatStateChanged { chatId viewerState { isMuted isArchived isPinned isHidden notifications } }
  }
}`;

const device = (user: TestUser, version: number) => user.subscribe(EVENTS, { version }).caughtUp();
const ofViewer = ({ items }: TestStream) => items.filter(({ version }) => version !== undefined);

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

describe('the preferences of a chat', () => {
  test('reach every device of the user, on any server, and nobody else sees them', async ({ two, ada, grace }) => {
    const chat = await group(ada, grace);
    const devices = [await device(ada, 0), await device(ada.at(two), 0)];
    const other = await device(grace.at(two), 0);
    const until = inAnHour();
    const all = { isArchived: true, isPinned: true, isHidden: true, notifications: 'NONE', isMuted: true };
    expect(await keep(ada, chat, { ...all, mutedUntil: until })).toMatchObject({
      ...{ ...all, mutedUntil: until, version: 1 },
    });
    for (const each of devices) {
      expect(await each.item(({ version }) => version === 1)).toMatchObject({ chatId: chat.id, viewerState: all });
    }
    expect(ofViewer(await device(ada.at(two), 0))).toMatchObject([{ version: 1, viewerState: all }]);
    expect(await viewerState(grace, chat)).toMatchObject({ version: 0, isMuted: false, isArchived: false });

    expect(await keep(ada.at(two), chat, { isMuted: false, notifications: null })).toMatchObject({
      ...{ isArchived: true, isPinned: true, isMuted: false, mutedUntil: null, notifications: 'ALL', version: 2 },
    });
    await markRead(grace, chat, 2);
    await other.item(({ version }) => version === 1);
    expect(ofViewer(other)).toHaveLength(1);
    for (const stream of [...devices, other]) stream.stop();
  });

  test('take no version if nothing changes, and absent fields stay', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    await keep(ada, chat, { isPinned: true, isMuted: true, mutedUntil: inAnHour() });
    const { mutedUntil } = await viewerState(ada, chat);
    expect(await keep(ada, chat, { isPinned: true, isMuted: true, isArchived: false })).toMatchObject({
      ...{ version: 1, isPinned: true, isMuted: true, mutedUntil },
    });
    expect(await keep(ada, chat, {})).toMatchObject({ version: 1 });
    expect(await keep(ada, chat, { isMuted: true, mutedUntil: null })).toMatchObject({ version: 2, mutedUntil: null });
    const { version, readPosition } = await markUnread(ada, chat, 2);
    expect(await keep(ada, chat, { isPinned: false })).toMatchObject({
      ...{ version: version + 1, readPosition, isMarkedUnread: true, isMuted: true },
    });
  });

  test('hide a chat until its next message, and archive it until that is changed', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    await send(grace, chat);
    expect(await keep(ada, chat, { isHidden: true, isArchived: true })).toMatchObject({ isHidden: true });
    await does(ada, 'updateChat', { chatId: chat.id, title: 'No message' });
    expect(await viewerState(ada, chat)).toMatchObject({ isHidden: true });
    await send(grace, chat);
    expect(await viewerState(ada, chat)).toMatchObject({ isHidden: false, isArchived: true });
    expect(await keep(ada, chat, { isHidden: true })).toMatchObject({ isHidden: true });
    expect(await keep(ada, chat, { isHidden: false })).toMatchObject({ isHidden: false });
  });

  test('are refused with the field’s name if they are invalid, and for chats of others', async ({
    one,
    ada,
    grace,
  }) => {
    const [chat, other] = [await group(ada), await group(grace)];
    const wrong = (field: string) => ({ code: 'INVALID_INPUT', field });
    expect(await keep(ada, chat, { mutedUntil: inAnHour() })).toMatchObject(wrong('mutedUntil'));
    expect(await keep(ada, chat, { isMuted: false, mutedUntil: inAnHour() })).toMatchObject(wrong('mutedUntil'));
    const past = new Date(Date.now() - 1_000).toISOString();
    expect(await keep(ada, chat, { isMuted: true, mutedUntil: past })).toMatchObject({
      ...wrong('mutedUntil'),
      message: 'mutedUntil: must be in the future',
    });
    expect(await keep(ada, other, { isPinned: true })).toMatchObject({ code: 'FORBIDDEN' });
    const unknown = { id: encodeId('Chat', '3f333df6-90a4-4fda-8dd3-9485d27cee36') };
    expect(await keep(ada, unknown, { isPinned: true })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await one.database.db.viewerChatState.count({ where: { userId: ada.rowId } })).toBe(0);
  });

  test('take no Idempotency-Key, and store none', async ({ one, ada }) => {
    const strict = await startTestServer({ database: one.database, idempotency: 'required' });
    expect(await keep(ada.at(strict), await group(ada), { isPinned: true })).toMatchObject({ isPinned: true });
    expect(await updateSettings(ada.at(strict), { sharesPresence: false })).toMatchObject({ sharesPresence: false });
    await strict.stop();
  });
});

test(
  'at most 100 chats are pinned; those of ended memberships do not count',
  { timeout: 60_000 },
  async ({ one, ada, grace }) => {
    const { db } = one.database;
    const chats = await db.chat.createManyAndReturn({
      data: Array.from({ length: limits.pinnedChats }, () => ({
        ...{ kind: 'GROUP' as const, createdById: grace.rowId, createdAt: new Date(), lastActivityAt: new Date() },
        ...{ position: 1, rightsVersion: 1 },
      })),
    });
    const own = chats.map(({ id: chatId }) => ({ userId: ada.rowId, chatId }));
    await db.chatMember.createMany({
      data: own.map((row) => ({ ...row, role: 'MEMBER' as const, joinedAt: new Date(), joinedPosition: 1 })),
    });
    await db.viewerChatState.createMany({ data: own.map((row) => ({ ...row, version: 0, pinnedAt: new Date() })) });
    const [chat, last] = [await group(grace, ada), encodeId('Chat', chats[0]!.id)];
    expect(await keep(ada, chat, { isPinned: true })).toMatchObject({
      ...{ code: 'INVALID_INPUT', field: 'isPinned' },
      message: 'isPinned: at most 100 chats are pinned: unpin another one first',
    });
    expect(await keep(ada, { id: last }, { isPinned: true })).toMatchObject({ isPinned: true });
    await db.chatMember.updateMany({
      where: { chatId: chats[1]!.id, userId: ada.rowId },
      data: { leftPosition: 1 },
    });
    expect(await keep(ada, chat, { isPinned: true })).toMatchObject({ isPinned: true });
  },
);

test('a muted chat is counted separately until its time is over, by the clock of the database', async ({
  one,
  ada,
  grace,
}) => {
  const [silenced, loud] = [await group(ada, grace), await group(ada, grace)];
  await send(grace, silenced);
  await send(grace, loud);
  await keep(ada, silenced, { isMuted: true, mutedUntil: inAnHour() });
  expect(await unreadSummary(ada)).toEqual({ chatCount: 1, mutedChatCount: 1, mentionChatCount: 0 });
  await one.database.db.viewerChatState.updateMany({
    where: { userId: ada.rowId, chatId: rowId('Chat', silenced.id) },
    data: { mutedUntil: new Date(Date.now() - 1_000) },
  });
  expect(await viewerState(ada, silenced)).toMatchObject({ isMuted: false, mutedUntil: null });
  expect(await unreadSummary(ada)).toEqual({ chatCount: 2, mutedChatCount: 0, mentionChatCount: 0 });
  expect(await keep(ada, silenced, { isMuted: true })).toMatchObject({ isMuted: true, mutedUntil: null });
});

test('a user who returns to a chat finds the same preferences', async ({ ada, grace }) => {
  const chat = await group(grace, ada);
  await keep(ada, chat, { isArchived: true, isMuted: true });
  await remove(ada, chat, ada);
  await add(grace, chat, ada);
  expect(await viewerState(ada, chat)).toMatchObject({ isArchived: true, isMuted: true });
});
