import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeId, rowId } from '../src/graphql/ids.ts';
import { startTestServer, type TestServer, type TestUser } from './support/app.ts';
import {
  add,
  attempt,
  contents,
  does,
  group,
  mutation,
  readChat,
  remove,
  roles,
  send,
  type Chat,
} from './support/documents.ts';

let server: TestServer;
let owner: TestUser;
let admin: TestUser;
let member: TestUser;
let other: TestUser;
let outsider: TestUser;
let chat: Chat;

beforeAll(async () => {
  server = await startTestServer();
  const names = ['owner', 'admin', 'member', 'other', 'outsider'];
  const users = await Promise.all(names.map((name) => server.user(name)));
  [owner, admin, member, other, outsider] = users as [TestUser, TestUser, TestUser, TestUser, TestUser];
});
afterAll(() => server.stop());

/** Creates a group of all four users with the roles of their names, at position 4. */
async function staffed(): Promise<Chat> {
  chat = await group(owner, admin, member, other);
  return does(owner, 'setChatMemberRole', { chatId: chat.id, userId: admin.id, role: 'ADMIN' });
}
const addTo = (user: TestUser, ...users: { id: string }[]) =>
  attempt(user, 'addChatMembers', { chatId: chat.id, userIds: users.map(({ id }) => id) });
const removeFrom = (user: TestUser, removed: TestUser) =>
  attempt(user, 'removeChatMember', { chatId: chat.id, userId: removed.id });
const give = (user: TestUser, to: TestUser, role: string) =>
  attempt(user, 'setChatMemberRole', { chatId: chat.id, userId: to.id, role });
const rolesNow = (user = owner) => roles(user, chat);
const FORBIDDEN = { code: 'FORBIDDEN' };
const NOT_FOUND = { code: 'NOT_FOUND' };

describe('adding', () => {
  test('is allowed for the owner and admins; each added user takes a position', async () => {
    await staffed();
    const [first, second] = [await server.user(), await server.user()];

    expect(await addTo(member, first)).toMatchObject(FORBIDDEN);
    expect(await addTo(outsider, outsider)).toMatchObject(FORBIDDEN);
    expect(await addTo(admin, outsider)).toMatchObject({ position: 6 });
    expect(await addTo(owner, first, second, first)).toMatchObject({ position: 9 });
    expect(await rolesNow(outsider)).toMatchObject({ [first.username]: 'MEMBER', [second.username]: 'MEMBER' });
  });

  test('does not change users who are members already', async () => {
    await staffed();
    expect(await addTo(owner, admin, owner, member)).toMatchObject({ position: 4 });
    expect(await addTo(owner)).toMatchObject({ position: 4 });
    expect(await rolesNow()).toMatchObject({ [admin.username]: 'ADMIN', [owner.username]: 'OWNER' });
  });

  test('of an unknown user adds nobody', async () => {
    await staffed();
    const unknown = { id: Buffer.from('User:3f333df6-90a4-4fda-8dd3-9485d27cee36').toString('base64url') };
    for (const nobody of [unknown, { id: 'x' }, chat])
      expect(await addTo(owner, outsider, nobody)).toMatchObject(NOT_FOUND);
    expect(await readChat(owner, chat.id)).toMatchObject({ position: 4 });
    expect(Object.keys(await rolesNow())).toHaveLength(4);
  });

  test('lets the new member read earlier messages', async () => {
    await staffed();
    await send(owner, chat, 'before');
    await addTo(owner, outsider);
    expect(await contents(outsider, chat)).toEqual(['before']);
  });

  test('goes up to 10,000 members', async () => {
    chat = await group(owner);
    const [last, tooMany] = [await server.user(), await server.user()];
    await server.database.db.$executeRaw`
      WITH added AS (
        INSERT INTO "user" (username, display_name)
        SELECT 'many_' || n, 'Many' FROM generate_series(3, 10000) AS n RETURNING id
      ), counted AS (
        UPDATE chat SET member_count = 9999 WHERE id = ${rowId('Chat', chat.id)}::uuid
      )
      INSERT INTO chat_member (chat_id, user_id, role, joined_at, joined_position)
      SELECT m.chat_id, added.id, 'MEMBER', m.joined_at, 1 FROM added, chat_member m WHERE m.user_id = ${owner.rowId}::uuid
        AND m.chat_id = ${rowId('Chat', chat.id)}::uuid`;
    const refusal = { code: 'INVALID_INPUT', field: 'userIds', message: 'userIds: a chat has at most 10000 members' };

    expect(await addTo(owner, last, tooMany)).toMatchObject(refusal);
    expect(await addTo(owner, last)).toMatchObject({ position: 4 });
    expect(await addTo(owner, tooMany)).toMatchObject(refusal);
    expect(await addTo(owner, last)).toMatchObject({ position: 4 });
    expect(await last.ask('query ($id: ID!) { chat(id: $id) { memberCount } }', { id: chat.id })).toEqual({
      memberCount: 10_000,
    });

    const anyone = Array.from({ length: 33_000 }, () => ({ id: encodeId('User', randomUUID()) }));
    const input = { chatId: chat.id, userIds: anyone.map(({ id }) => id) };
    expect(await owner.request(mutation('addChatMembers'), { input })).toMatchObject({
      errors: [{ message: 'input.userIds: must have at most 10000 entries.', extensions: { code: 'BAD_REQUEST' } }],
    });
    const memberIds = anyone.slice(0, 10_000).map(({ id }) => id);
    expect(await attempt(owner, 'createChat', { kind: 'GROUP', memberIds })).toMatchObject({
      ...refusal,
      field: 'memberIds',
      message: expect.any(String) as string,
    });
  });
});

describe('removing', () => {
  test('admins can remove members, the owner can also remove admins, and nobody can remove the owner', async () => {
    await staffed();
    for (const [who, whom] of [
      [member, other],
      [member, admin],
      [member, owner],
      [admin, owner],
    ] as const) {
      expect(await removeFrom(who, whom)).toMatchObject(FORBIDDEN);
    }
    await give(owner, other, 'ADMIN');
    expect(await removeFrom(admin, other)).toMatchObject(FORBIDDEN);

    expect(await removeFrom(admin, member)).toEqual({
      __typename: 'MemberRemoved',
      chatId: chat.id,
      position: 7,
      user: { id: member.id },
      removedBy: { id: admin.id },
    });
    expect(await removeFrom(owner, other)).toMatchObject({ position: 9 });
    expect(await rolesNow()).toEqual({ [owner.username]: 'OWNER', [admin.username]: 'ADMIN' });
  });

  test('removing a user who has left already returns how they left', async () => {
    await staffed();
    const removed = await removeFrom(owner, member);
    expect(await removeFrom(owner, member)).toEqual(removed);
    expect(await readChat(owner, chat.id)).toMatchObject({ position: 6 });
    expect(await removeFrom(owner, outsider)).toMatchObject(NOT_FOUND);
  });

  test('ends when the user is added again, as a member', async () => {
    await staffed();
    await removeFrom(owner, admin);
    expect(await readChat(admin, chat.id)).toBeNull();
    await addTo(owner, admin);

    expect(await readChat(admin, chat.id)).toMatchObject({ position: 8 });
    expect(await rolesNow()).toMatchObject({ [admin.username]: 'MEMBER' });
    expect(await addTo(admin, outsider)).toMatchObject(FORBIDDEN);
    expect(await removeFrom(admin, admin)).toMatchObject({ position: 9 });
  });
});

describe('leaving', () => {
  test('anyone may', async () => {
    await staffed();
    for (const [i, user] of [member, admin].entries()) {
      expect(await removeFrom(user, user)).toMatchObject({
        position: 5 + 2 * i,
        user: { id: user.id },
        removedBy: { id: user.id },
      });
      expect(await readChat(user, chat.id)).toBeNull();
    }
    expect(await removeFrom(member, member)).toMatchObject(FORBIDDEN);
    expect(await rolesNow()).toEqual({ [owner.username]: 'OWNER', [other.username]: 'MEMBER' });
  });

  test('an owner who leaves hands over to the longest-standing admin', async () => {
    chat = await group(owner, member);
    for (const user of [outsider, admin, other]) await add(owner, chat, user);
    await give(owner, other, 'ADMIN');
    await give(owner, admin, 'ADMIN');

    await remove(owner, chat, owner);
    expect(await rolesNow(admin)).toEqual({
      [member.username]: 'MEMBER',
      [outsider.username]: 'MEMBER',
      [admin.username]: 'OWNER',
      [other.username]: 'ADMIN',
    });
    expect(await attempt(admin, 'deleteChat', { chatId: chat.id })).toMatchObject({ __typename: 'ChatDeleted' });
  });

  test('an owner who leaves a group without admins hands over to the longest-standing member', async () => {
    chat = await group(owner);
    for (const user of [other, member]) await add(owner, chat, user);
    await remove(owner, chat, other);
    await add(owner, chat, other);

    await remove(owner, chat, owner);
    expect(await rolesNow(member)).toEqual({ [member.username]: 'OWNER', [other.username]: 'MEMBER' });
  });

  test('the last member who leaves deletes the chat', async () => {
    chat = await group(owner, member);
    const left = await remove(owner, chat, owner);
    expect(left.position).toBe(4);
    expect(await removeFrom(member, member)).toMatchObject({ __typename: 'MemberRemoved', position: 6 });
    for (const user of [owner, member]) {
      expect(await attempt(user, 'sendMessage', { chatId: chat.id, content: 'x' })).toMatchObject(NOT_FOUND);
    }
  });
});

describe('roles', () => {
  test('are given by the owner, to members', async () => {
    await staffed();
    expect(await give(admin, member, 'ADMIN')).toMatchObject(FORBIDDEN);
    expect(await give(member, member, 'OWNER')).toMatchObject(FORBIDDEN);
    expect(await give(owner, outsider, 'ADMIN')).toMatchObject(NOT_FOUND);
    expect(await give(owner, admin, 'ADMIN')).toMatchObject({ position: 4 });
    expect(await give(owner, admin, 'MEMBER')).toMatchObject({ position: 6 });
    expect(await rolesNow()).toMatchObject({ [admin.username]: 'MEMBER', [member.username]: 'MEMBER' });
    expect(await give(owner, owner, 'ADMIN')).toMatchObject({ code: 'INVALID_INPUT', field: 'role' });
    expect(await give(owner, owner, 'OWNER')).toMatchObject({ position: 6 });
  });

  test('OWNER hands the chat over, and the former owner becomes an admin', async () => {
    await staffed();
    expect(await give(owner, member, 'OWNER')).toMatchObject({ position: 6 });
    expect(await rolesNow()).toMatchObject({
      [owner.username]: 'ADMIN',
      [admin.username]: 'ADMIN',
      [member.username]: 'OWNER',
    });
    expect(await attempt(owner, 'deleteChat', { chatId: chat.id })).toMatchObject(FORBIDDEN);
    expect(await removeFrom(owner, member)).toMatchObject(FORBIDDEN);
    expect(await removeFrom(member, owner)).toMatchObject({ position: 7 });
  });

  test('are those of the viewer in each chat', async () => {
    await staffed();
    const query = 'query ($id: ID!) { chat(id: $id) { viewerRole memberCount } }';
    const expected = [
      [owner, 'OWNER'],
      [admin, 'ADMIN'],
      [member, 'MEMBER'],
    ] as const;
    for (const [user, viewerRole] of expected) {
      expect(await user.ask(query, { id: chat.id })).toEqual({ viewerRole, memberCount: 4 });
    }
  });
});
