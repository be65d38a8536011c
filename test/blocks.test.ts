import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { encodeId } from '../src/graphql/ids.ts';
import { limits } from '../src/limits.ts';
import type { TestUser } from './support/app.ts';
import { block, cannotContact, unblock } from './support/blocks.ts';
import { purgeViewerState } from '../src/operations/purge-viewer-state.ts';
import { attempt, contents, direct, does, group, roles, send } from './support/documents.ts';
import type { TestStream } from './support/stream.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers();

const BLOCKS =
  'query ($first: Int, $after: String) { blocks(first: $first, after: $after) { edges { cursor node { user { id } } } pageInfo { hasNextPage } } }';
interface Blocks {
  edges: { cursor: string; node: { user: { id: string } } }[];
  pageInfo: { hasNextPage: boolean };
}
const blocked = async (by: TestUser) => (await by.ask<Blocks>(BLOCKS)).edges.map(({ node }) => node.user.id);

describe('between two users of whom one has blocked the other', () => {
  test('neither can write in their direct chat, on any server; both can read it and get the same error', async ({
    two,
    ada,
    grace,
  }) => {
    const chat = await direct(ada, grace);
    const said = await send(grace.at(two), chat, 'before');
    const own = await send(ada, chat, 'mine');

    expect(await block(ada, grace)).toEqual({ __typename: 'Block', user: { id: grace.id } });

    for (const [user, id] of [
      [grace.at(two), said.id],
      [grace, said.id],
      [ada, own.id],
    ] as const) {
      expect(await attempt(user, 'sendMessage', { chatId: chat.id, content: 'after' })).toEqual(cannotContact);
      expect(await attempt(user, 'editMessage', { messageId: id, content: 'after' })).toEqual(cannotContact);
      expect(await attempt(user, 'addReaction', { messageId: id, emoji: '🎉' })).toEqual(cannotContact);
      expect(await contents(user, chat)).toEqual(['before', 'mine']);
    }
    expect(await attempt(grace, 'deleteMessage', { messageId: said.id })).not.toHaveProperty('code');
  });

  test('neither can open a direct chat, or add the other to a group', async ({ one, two, ada, grace }) => {
    const shared = await group(ada, grace);
    await does(ada, 'setChatMemberRole', { chatId: shared.id, userId: grace.id, role: 'ADMIN' });
    const [ofAda, ofGrace] = [await group(ada), await group(grace)];
    const other = await one.user('other');
    await block(ada, grace);

    for (const [by, whom, chat] of [
      [ada, grace, ofAda],
      [grace.at(two), ada, ofGrace],
    ] as const) {
      expect(await attempt(by, 'createChat', { kind: 'DIRECT', memberIds: [whom.id] })).toEqual(cannotContact);
      expect(await attempt(by, 'createChat', { kind: 'GROUP', memberIds: [other.id, whom.id] })).toEqual(cannotContact);
      const userIds = [other.id, whom.id];
      expect(await attempt(by, 'addChatMembers', { chatId: chat.id, userIds })).toEqual(cannotContact);
      expect(Object.keys(await roles(by, chat))).toEqual([by.username]);
    }
    // In a shared group nothing changes, and other users can be contacted as before.
    await send(grace, shared, 'hello all');
    expect(await attempt(grace, 'addChatMembers', { chatId: shared.id, userIds: [ada.id, other.id] })).toMatchObject({
      id: shared.id,
    });
    expect(await contents(ada, shared)).toEqual(['hello all']);
  });

  test('an existing direct chat is returned as it is, and can be deleted', async ({ ada, grace }) => {
    const chat = await direct(ada, grace);
    await block(ada, grace);

    expect(await direct(grace, ada)).toMatchObject({ id: chat.id });
    await does(grace, 'deleteChat', { chatId: chat.id });
    expect(await attempt(grace, 'createChat', { kind: 'DIRECT', memberIds: [ada.id] })).toEqual(cannotContact);
  });
});

test('unblocking lets both write again; blocking and unblocking can be repeated', async ({ two, ada, grace }) => {
  const chat = await direct(ada, grace);
  await block(ada, grace);
  expect(await block(ada, grace)).toMatchObject({ __typename: 'Block' });
  await block(grace, ada);

  await unblock(ada, grace);
  expect(await unblock(ada, grace)).toEqual({ __typename: 'BlockRemoved', userId: grace.id });
  expect(await attempt(ada, 'sendMessage', { chatId: chat.id, content: 'x' })).toEqual(cannotContact);
  await unblock(grace, ada);

  await send(grace.at(two), chat, 'again');
  expect(await contents(ada, chat)).toEqual(['again']);
});

describe('the list of blocked people', () => {
  test('is visible only to the blocking user, newest first and in pages', async ({ one, ada }) => {
    const people = [await one.user('a'), await one.user('b'), await one.user('c')];
    for (const person of people) await block(ada, person);
    const [a, b, c] = people.map(({ id }) => id);
    await unblock(ada, people[0]!);
    await block(ada, people[0]!);

    expect(await blocked(ada)).toEqual([a, c, b]);
    expect(await blocked(people[0]!)).toEqual([]);
    const first = await ada.ask<Blocks>(BLOCKS, { first: 2 });
    expect(first).toMatchObject({ pageInfo: { hasNextPage: true } });
    const rest = await ada.ask<Blocks>(BLOCKS, { first: 2, after: first.edges[1]!.cursor });
    expect(rest).toMatchObject({ edges: [{ node: { user: { id: b } } }], pageInfo: { hasNextPage: false } });
  });

  test('has at most 1,000 users, who must exist, and not oneself', async ({ one, ada, grace }) => {
    await one.database.db.$executeRaw`
      WITH made AS (
        INSERT INTO "user" (username, display_name)
        SELECT ${`b_${randomUUID().slice(0, 6)}_`} || n, 'Blocked' FROM generate_series(1, ${limits.blocks - 1}::int) AS n RETURNING id
      )
      INSERT INTO block (user_id, blocked_id, version, created_at) SELECT ${ada.rowId}::uuid, id, 1, now() FROM made`;

    expect(await block(ada, grace)).toMatchObject({ __typename: 'Block' });
    expect(await block(ada, await one.user())).toEqual({
      __typename: 'InvalidInputError',
      code: 'INVALID_INPUT',
      field: 'userId',
      message: 'userId: at most 1000 users can be blocked: unblock another one first',
    });
    expect(await block(grace, grace)).toMatchObject({ code: 'INVALID_INPUT', field: 'userId' });
    for (const id of [encodeId('User', randomUUID()), 'x']) {
      expect(await block(grace, { id })).toMatchObject({ code: 'NOT_FOUND' });
    }
    for (const query of [
      '{ blocks { edges { cursor } } }',
      `mutation { blockUser(input: { userId: "${ada.id}" }) { __typename } }`,
      `mutation { unblockUser(input: { userId: "${ada.id}" }) { __typename } }`,
    ]) {
      expect(await one.stranger().request(query)).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
  });
});

describe('the blocker’s other devices', () => {
  const device = (user: TestUser, version: number) =>
    user
      .subscribe(
        `subscription ($version: Int) { events(viewerStateSince: $version) { __typename
         ... on ViewerEvent { version } ... on BlockChanged { userId isBlocked } } }`,
        { version },
      )
      .caughtUp();
  const ofViewer = ({ items }: TestStream) => items.filter(({ version }) => version !== undefined);
  const changed = (version: number, { id: userId }: TestUser, isBlocked: boolean) => ({
    ...{ __typename: 'BlockChanged', version, userId, isBlocked },
  });

  test('receive a block and its end, on any server, and nobody else does', async ({ two, ada, grace }) => {
    const chat = await direct(ada, grace);
    const [live, other] = [await device(ada.at(two), 0), await device(grace.at(two), 0)];

    await block(ada, grace);
    expect(await live.item(({ version }) => version === 1)).toEqual(changed(1, grace, true));
    await block(ada, grace);
    await unblock(ada, grace);
    expect(await live.item(({ version }) => version === 2)).toEqual(changed(2, grace, false));
    await unblock(ada, grace);

    await send(ada, chat, 'heard by both');
    await other.item(({ __typename }) => __typename === 'MessageCreated');
    expect(ofViewer(live)).toHaveLength(2);
    expect(ofViewer(other)).toEqual([]);
    for (const stream of [live, other]) stream.stop();
  });

  test('get each block that has changed meanwhile once, as it is now', async ({ two, ada, grace, linus }) => {
    await block(ada, grace);
    await block(ada, linus);
    await unblock(ada, grace);
    await block(ada, grace);
    await unblock(ada, linus);

    const [whole, resumed] = [await device(ada.at(two), 0), await device(ada, 4)];

    expect(ofViewer(whole)).toEqual([changed(4, grace, true), changed(5, linus, false)]);
    expect(ofViewer(resumed)).toEqual([changed(5, linus, false)]);
    for (const stream of [whole, resumed]) stream.stop();
  });

  test('that missed the end of a block which has been purged read everything again', async ({
    one,
    ada,
    grace,
    linus,
  }) => {
    const { db } = one.database;
    for (const user of [grace, linus]) await block(ada, user);
    await unblock(ada, grace);
    const where = { userId_blockedId: { userId: ada.rowId, blockedId: grace.rowId } };
    const purge = () => purgeViewerState(db, 3_600_000);
    expect(await purge()).toBe(0);
    await db.block.update({ where, data: { removedAt: new Date(Date.now() - 7_200_000) } });

    expect(await purge()).toBe(1);

    expect(await db.block.findUnique({ where })).toBeNull();
    const [late, current] = [await device(ada, 2), await device(ada, 3)];
    expect(ofViewer(late)).toEqual([{ __typename: 'ViewerStateReset', version: 0 }, changed(2, linus, true)]);
    expect(ofViewer(current)).toEqual([]);
    for (const stream of [late, current]) stream.stop();
    expect(await block(ada, grace)).toMatchObject({ __typename: 'Block' });
  });
});
