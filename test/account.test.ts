import { Writable } from 'node:stream';
import { expect } from 'vitest';
import { exportUser } from '../src/operations/export-user.ts';
import type { TestServer, TestUser } from './support/app.ts';
import { block, cannotContact } from './support/blocks.ts';
import { attempt, contents, direct, does, group, readChat, roles, send } from './support/documents.ts';
import { look } from './support/presence.ts';
import { markRead, updateSettings } from './support/read-state.ts';
import { password, signIn, signUp, SIGN_IN, type Device } from './support/sessions.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers();

const DELETE =
  'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { __typename ... on Error { code message } } }';
const deleteAccount = (by: TestUser, given = password) => by.ask(DELETE, { input: { password: given } });
const deletedUser = (user: TestUser) => `deleted_${user.rowId.replaceAll('-', '').slice(0, 24)}`;

/** Creates a user who has rows in every table. */
async function settled(one: TestServer) {
  const ada = await signUp(one);
  const grace = await one.user('grace');
  const chats = { shared: await group(ada, grace), alone: await group(ada), direct: await direct(ada, grace) };
  await send(ada, chats.shared, 'from ada');
  await send(ada, chats.direct, 'to grace');
  const { id } = await send(grace, chats.shared, 'from grace');
  await does(ada, 'addReaction', { messageId: id, emoji: '🎉' });
  await markRead(ada, chats.shared, 3);
  const nuisance = await one.user('nuisance');
  await block(ada, nuisance);
  const online = await look(ada);
  await one.database.db.user.update({ where: { id: ada.rowId }, data: { lastSeenAt: new Date() } });
  await updateSettings(ada, { whoMayContact: 'SHARED_CHAT' });
  const { chatId } = await ada.ask<{ chatId: string }>(
    'mutation ($input: SaveDraftInput!) { saveDraft(input: $input) { ... on Draft { chatId } } }',
    { input: { chatId: chats.shared.id, content: 'begun' } },
  );
  expect(chatId).toBe(chats.shared.id);
  const { messageId } = await ada.ask<{ messageId: string }>(
    'mutation ($input: SaveMessageInput!) { saveMessage(input: $input) { ... on SavedMessage { messageId } } }',
    { input: { messageId: id, note: 'for later' } },
  );
  expect(messageId).toBe(id);
  return { ada, grace, nuisance, chats, online };
}

async function expectErased(ada: Device): Promise<void> {
  const { db } = ada.server.database;
  const where = { where: { userId: ada.rowId } };
  for (const count of [
    db.session.count(where),
    db.viewerChatState.count(where),
    db.viewerVersion.count(where),
    db.block.count(where),
    db.viewerSettings.count(where),
    db.draft.count(where),
    db.savedMessage.count(where),
    db.idempotencyKey.count(where),
    db.presence.count(where),
  ]) {
    expect(await count).toBe(0);
  }
  expect(await db.user.findUniqueOrThrow({ where: { id: ada.rowId } })).toMatchObject({
    username: deletedUser(ada),
    displayName: 'Deleted user',
    passwordHash: null,
    lastSeenAt: null,
    deletedAt: expect.any(Date) as Date,
    erasedAt: expect.any(Date) as Date,
  });
}

test('a deleted account loses its sessions, names, memberships and own rows; its messages stay', async ({
  one,
  two,
}) => {
  const { ada, grace, chats } = await settled(one);
  const elsewhere = await signIn(one, ada);
  const socket = await elsewhere.at(two).follow('subscription { events { __typename } }');
  const live = await grace
    .at(two)
    .follow('subscription { events { __typename ... on MemberRemoved { user { id } } } }');

  expect(await deleteAccount(ada)).toEqual({ __typename: 'AccountDeleted' });

  await socket.end();
  expect(socket).toMatchObject({ error: expect.objectContaining({ code: 4403 }) as unknown });
  await live.item(({ __typename }) => __typename === 'MemberRemoved');
  live.stop();
  await expectErased(ada);
  expect((await ada.request('{ viewer { id } }')).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(await one.stranger().ask(SIGN_IN, { input: { username: ada.username, password } })).toMatchObject({
    code: 'FORBIDDEN',
  });

  expect(await roles(grace, chats.shared)).toEqual({ [grace.username]: 'OWNER' });
  expect(await contents(grace, chats.shared)).toEqual(['from ada', 'from grace']);
  expect(await contents(grace, chats.direct)).toEqual(['to grace']);
  expect(await roles(grace, chats.direct)).toHaveProperty(deletedUser(ada));
  expect(await one.database.db.chat.count({ where: { createdById: ada.rowId, deletedAt: { not: null } } })).toBe(1);

  expect(
    await grace.ask('query ($s: String!) { users(search: $s) { edges { node { id } } } }', { s: 'deleted_' }),
  ).toEqual({
    edges: [],
  });
  const input = { kind: 'GROUP', memberIds: [ada.id] };
  expect(await attempt(grace, 'createChat', input)).toEqual(cannotContact);
});

test('an interrupted deletion is finished later', async ({ one, two }) => {
  const { ada, grace, chats, online } = await settled(one);
  online.stop();
  // The state after a server was killed following the first transaction.
  await one.database.db.session.deleteMany({ where: { userId: ada.rowId } });
  await one.database.db.user.update({
    where: { id: ada.rowId },
    data: {
      deletedAt: new Date(),
      passwordHash: null,
      lastSeenAt: null,
      username: deletedUser(ada),
      displayName: 'Deleted user',
    },
  });
  expect(await roles(grace, chats.shared)).toHaveProperty(deletedUser(ada));

  await Promise.all([one.app.retention.sweep(), two.app.retention.sweep()]);

  await expectErased(ada);
  expect(await roles(grace, chats.shared)).toEqual({ [grace.username]: 'OWNER' });
  expect(await readChat(grace, chats.direct.id)).not.toBeNull();
});

test('deleting an account requires the password', async ({ one }) => {
  const ada = await signUp(one);

  expect(await deleteAccount(ada, `${password}!`)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'The password is wrong.',
  });
  expect(await deleteAccount(ada, 'short')).toMatchObject({ code: 'INVALID_INPUT' });
  expect(await deleteAccount(await one.user())).toMatchObject({ code: 'FORBIDDEN' });
  expect(await one.stranger().request(DELETE, { input: { password } })).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });

  expect(await signIn(one, ada)).toMatchObject({ username: ada.username });
});

test('export-user writes all data of a user, in pages, without data of others and without secrets', async ({ one }) => {
  const { ada, nuisance, chats, online } = await settled(one);
  for (let i = 0; i < 3; i++) await send(ada, chats.alone, `line ${i}`);
  let text = '';
  const out = new Writable({ write: (chunk, _, done) => ((text += String(chunk)), done()) });

  const count = await exportUser(one.database.db, ` ${ada.username.toUpperCase()}`, out);

  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { table: string; row: Record<string, unknown> });
  expect(lines).toHaveLength(count);
  const of = (wanted: string) => lines.filter(({ table }) => table === wanted).map(({ row }) => row);
  expect(of('user')).toMatchObject([{ id: ada.rowId, username: ada.username }]);
  expect(of('message').map(({ content }) => content)).toEqual(
    expect.arrayContaining(['from ada', 'to grace', 'line 0', 'line 1', 'line 2']),
  );
  expect(of('reaction')).toMatchObject([{ emoji: '🎉' }]);
  expect(of('chat_member')).toHaveLength(3);
  expect(of('viewer_chat_state')).toMatchObject([{ read_position: 3 }]);
  expect(of('block')).toMatchObject([{ blocked_id: nuisance.rowId }]);
  expect(of('session')).toHaveLength(1);
  expect(of('viewer_settings')).toMatchObject([{ who_may_contact: 'SHARED_CHAT' }]);
  expect(of('draft')).toMatchObject([{ content: 'begun' }]);
  expect(of('presence')).toMatchObject([{ is_active: true }]);
  expect(of('user')[0]).toHaveProperty('last_seen_at');
  online.stop();
  expect(of('saved_message')).toMatchObject([{ note: 'for later' }]);
  expect(text).not.toMatch(/argon2|from grace|password/);
  await expect(exportUser(one.database.db, 'nobody_here', out)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
