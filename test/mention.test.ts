import { describe, expect } from 'vitest';
import { rowId } from '../src/graphql/ids.ts';
import { limits } from '../src/limits.ts';
import { silent, type TestUser } from './support/app.ts';
import { add, attempt, does, group, readChat, remove, send, type Chat, type Message } from './support/documents.ts';
import { allPages } from './support/pages.ts';
import { keep, markRead, unreadSummary, viewerState } from './support/read-state.ts';
import { countStatements } from './support/statements.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers(silent);

const MENTIONS = 'mentionedUsers { id username } mentionsEveryone';

const EVENTS = `subscription {
  events {
    __typename
    ... on MessageCreated { message { id ${MENTIONS} } }
    ... on MessageEdited { message { id ${MENTIONS} } }
    ... on MessageDeleted { message { id ${MENTIONS} } }
  }
}`;

const live = (user: TestUser) => user.subscribe(EVENTS).caughtUp();

const mention = (author: TestUser, chat: Chat, users: TestUser[], mentionsEveryone = false): Promise<Message> =>
  does(author, 'sendMessage', {
    ...{ chatId: chat.id, content: 'you', mentionedUserIds: users.map(({ id }) => id), mentionsEveryone },
  });

interface Shown {
  id: string;
  mentionedUsers: { username: string }[];
  mentionsEveryone: boolean;
}

/** The usernames that a message mentions, and whether it mentions everyone. */
async function mentioned(user: TestUser, { id }: Message): Promise<[string[], boolean]> {
  const { mentionedUsers, mentionsEveryone } = await user.ask<Shown>(
    `query ($id: ID!) { node(id: $id) { ... on Message { ${MENTIONS} } } }`,
    { id },
  );
  return [mentionedUsers.map(({ username }) => username).toSorted(), mentionsEveryone];
}
const names = (...users: TestUser[]) => users.map(({ username }) => username).toSorted();

/** The ids of the messages that mention the user, newest first, read page by page. */
const mentions = async (user: TestUser, first = 2): Promise<string[]> =>
  idsOf(
    await allPages<{ id: string }>(
      user,
      `query ($first: Int, $after: String) { mentions(first: $first, after: $after) {
        edges { node { id } } pageInfo { hasNextPage endCursor } } }`,
      { first },
    ),
  );
const idsOf = (messages: { id: string }[]) => messages.map(({ id }) => id);

/** Raises the number of members of a chat without events. */
const enlarge = ({ server }: TestUser, { id }: Chat, memberCount: number) =>
  server.database.db.chat.update({ where: { id: rowId('Chat', id) }, data: { memberCount } });

test('a message mentions the users whom its author lists by id, live on every server, and nobody by its text', async ({
  two,
  ada,
  grace,
  linus,
}) => {
  const chat = await group(ada, grace, linus);
  const streams = [await live(grace), await live(grace.at(two))];
  const message = await mention(ada, chat, [grace, linus, grace]);
  await send(ada, chat, `@${grace.username}`);
  for (const stream of streams) {
    await stream.count(stream.items.findIndex(({ __typename }) => __typename === 'CaughtUp') + 3);
    const [first, second] = stream.items.slice(-2).map((item) => item.message as Shown);
    expect(first!.id).toBe(message.id);
    expect(first!.mentionedUsers.map(({ username }) => username).toSorted()).toEqual(names(grace, linus));
    expect(second).toMatchObject({ mentionedUsers: [], mentionsEveryone: false });
    stream.stop();
  }
  expect(await mentioned(linus.at(two), message)).toEqual([names(grace, linus), false]);
});

test('users who are not members are ignored, and so is the author', async ({ one, ada, grace, linus }) => {
  const chat = await group(ada, grace, linus);
  await remove(ada, chat, linus);
  const message = await mention(ada, chat, [ada, grace, linus, await one.user('stranger')]);
  expect(await mentioned(ada, message)).toEqual([names(grace), false]);
  expect(await mentions(linus)).toEqual([]);
  const everyone = await mention(ada, chat, [ada, grace, linus], true);
  expect(await mentioned(ada, everyone)).toEqual([names(grace), true]);
});

test('a user who is removed at the same moment is mentioned before the removal or not at all', async ({
  one,
  two,
  ada,
  grace,
}) => {
  const chat = await group(ada, ...(await Promise.all(Array.from({ length: 8 }, () => one.user('member')))), grace);
  await send(ada, chat);
  const [message, { position }] = await Promise.all([mention(ada.at(two), chat, [grace]), remove(ada, chat, grace)]);
  const isMentioned = (await mentioned(ada, message))[0].length === 1;
  expect(isMentioned).toBe(message.position < position);
});

describe('mentions are counted', () => {
  test('beside the unread messages, until they are read, each message once', async ({ two, ada, grace, linus }) => {
    const chat = await group(ada, grace, linus);
    await send(ada, chat);
    await mention(ada, chat, [grace]);
    const { position } = await mention(ada, chat, [], true);
    await mention(ada, chat, [grace, linus], true);
    await mention(grace, chat, [linus], true);
    expect(await viewerState(grace, chat)).toMatchObject({ unreadCount: 4, mentionCount: 3 });
    expect(await viewerState(linus.at(two), chat)).toMatchObject({ unreadCount: 5, mentionCount: 3 });
    expect(await viewerState(ada, chat)).toMatchObject({ unreadCount: 1, mentionCount: 1 });
    expect(await markRead(grace, chat, position)).toMatchObject({ unreadCount: 1, mentionCount: 1 });
    expect(await markRead(grace, chat, 100)).toMatchObject({ unreadCount: 0, mentionCount: 0 });
  });

  test('without deleted messages, and without those from before the membership', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    const [byName, toAll] = [await mention(ada, chat, [grace]), await mention(ada, chat, [], true)];
    for (const { id } of [byName, toAll]) await does(ada, 'deleteMessage', { messageId: id });
    expect(await viewerState(grace, chat)).toMatchObject({ mentionCount: 0 });
    expect(await mentioned(grace, byName)).toEqual([[], false]);
    expect(await mentioned(grace, toAll)).toEqual([[], false]);
    await mention(ada, chat, [grace], true);
    await remove(grace, chat, grace);
    await add(ada, chat, grace);
    expect(await viewerState(grace, chat)).toMatchObject({ unreadCount: 0, mentionCount: 0 });
  });

  test('up to 100', { timeout: 60_000 }, async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    for (let i = 0; i < 60; i++) await mention(ada, chat, [grace]);
    for (let i = 0; i < 60; i++) await mention(ada, chat, [], true);
    expect(await viewerState(grace, chat)).toMatchObject({ unreadCount: 100, mentionCount: 100 });
  });

  test('in the summary by chat, muted or not', async ({ ada, grace }) => {
    const [plain, named, all, silent] = [
      ...[await group(ada, grace), await group(ada, grace), await group(ada, grace), await group(ada, grace)],
    ];
    await send(ada, plain!);
    await mention(ada, named!, [grace]);
    await mention(ada, all!, [], true);
    await mention(ada, silent!, [grace]);
    await keep(grace, silent!, { isMuted: true });
    expect(await unreadSummary(grace)).toEqual({ chatCount: 3, mutedChatCount: 1, mentionChatCount: 3 });
  });
});

describe('an edit', () => {
  test('adds and removes mentions, keeps them if they are absent, and does not notify anybody again', async ({
    two,
    ada,
    grace,
    linus,
  }) => {
    const chat = await group(ada, grace, linus);
    const stream = await live(linus.at(two));
    const message = await mention(ada, chat, [grace]);
    await markRead(linus, chat, message.position);
    const edit = (change: object) => does(ada, 'editMessage', { messageId: message.id, ...change });

    await edit({ content: 'still you' });
    expect(await mentioned(ada, message)).toEqual([names(grace), false]);
    await edit({ mentionedUserIds: [linus.id] });
    expect(await mentioned(grace, message)).toEqual([names(linus), false]);
    const last = await edit({ mentionsEveryone: true });
    expect(await mentioned(ada, message)).toEqual([names(linus), true]);
    expect(await viewerState(linus, chat)).toMatchObject({ unreadCount: 0, mentionCount: 0 });
    expect(await viewerState(grace, chat)).toMatchObject({ unreadCount: 1, mentionCount: 1 });
    await stream.item(
      ({ message: shown }) => (shown as { mentionsEveryone?: boolean } | undefined)?.mentionsEveryone === true,
    );

    expect((await edit({ mentionedUserIds: [linus.id, ada.id], mentionsEveryone: true })).revision).toBe(last.revision);
    await edit({ mentionedUserIds: null, mentionsEveryone: null });
    expect(await mentioned(ada, message)).toEqual([[], false]);
    stream.stop();
  });
});

describe('everyone', () => {
  test('may be mentioned by everyone in chats of up to 100 members, beyond that by its owner and admins', async ({
    ada,
    grace,
    linus,
  }) => {
    const chat = await group(ada, grace, linus);
    await does(ada, 'setChatMemberRole', { chatId: chat.id, userId: linus.id, role: 'ADMIN' });
    const own = await send(grace, chat);
    await enlarge(ada, chat, limits.mentionEveryoneMembers);
    const first = await mention(grace, chat, [], true);
    await enlarge(ada, chat, limits.mentionEveryoneMembers + 1);

    const refused = {
      code: 'FORBIDDEN',
      message: 'In a chat of more than 100 members only the owner and admins mention everyone.',
    };
    const input = { chatId: chat.id, content: 'all', mentionsEveryone: true };
    const { position } = (await readChat(ada, chat.id))!;
    expect(await attempt(grace, 'sendMessage', input)).toMatchObject(refused);
    expect(await attempt(grace, 'editMessage', { messageId: own.id, mentionsEveryone: true })).toMatchObject(refused);
    expect((await readChat(ada, chat.id))!.position).toBe(position);
    await does(grace, 'editMessage', { messageId: first.id, content: 'still all' });
    await mention(ada, chat, [], true);
    await mention(linus, chat, [], true);
  });

  test('is mentioned once under one Idempotency-Key, and the chat moves to the top', async ({ two, ada, grace }) => {
    const chat = await group(ada, grace);
    const input = { chatId: chat.id, content: 'all', mentionsEveryone: true };
    const sent = await does(ada, 'sendMessage', input, 'key');
    expect(await does(ada.at(two), 'sendMessage', input, 'key')).toEqual(sent);
    const { lastActivityAt } = (await readChat(ada, chat.id))!;
    expect(lastActivityAt).toBe(sent.createdAt);
  });
});

describe('the list of one’s mentions', () => {
  test('has mentions of the user and of everyone in all present chats, newest first, each once', async ({
    one,
    two,
    ada,
    grace,
    linus,
  }) => {
    const [first, second, left] = [await group(ada, grace), await group(linus, grace, ada), await group(ada, grace)];
    const messages = [
      await mention(ada, first, [grace]),
      await mention(linus, second, [], true),
      await mention(ada, second, [grace], true),
    ];
    await mention(ada, left, [grace], true);
    await mention(grace, first, [ada], true);
    await send(ada, first);
    const deleted = await mention(ada, first, [grace]);
    await does(ada, 'deleteMessage', { messageId: deleted.id });
    await remove(grace, left, grace);

    expect(await mentions(grace)).toEqual(idsOf(messages).toReversed());
    expect(await mentions(grace.at(two), 1)).toEqual(idsOf(messages).toReversed());
    const newcomer = await one.user('newcomer');
    await add(ada, first, newcomer);
    expect(await mentions(newcomer)).toEqual([]);
  });

  test('is refused without a token', async ({ one }) => {
    const { errors } = await one.stranger().request('{ mentions { edges { cursor } } }');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

test('at most 50 users are mentioned at once, each by the id of a user', async ({ ada, grace }) => {
  const chat = await group(ada, grace);
  const message = await send(ada, chat);
  const input = (mentionedUserIds: string[]) => ({ chatId: chat.id, content: 'x', mentionedUserIds });
  const many = (count: number) => Array<string>(count).fill(grace.id);
  await does(ada, 'sendMessage', input(many(limits.mentions)));
  const refused = {
    ...{ code: 'INVALID_INPUT', field: 'mentionedUserIds' },
    message: 'mentionedUserIds: must name at most 50 users',
  };
  expect(await attempt(ada, 'sendMessage', input(many(limits.mentions + 1)))).toMatchObject(refused);
  expect(
    await attempt(ada, 'editMessage', { messageId: message.id, mentionedUserIds: many(limits.mentions + 1) }),
  ).toMatchObject(refused);
  expect(await attempt(ada, 'sendMessage', input([chat.id]))).toMatchObject({ code: 'NOT_FOUND' });
});

test('statements: sending with mentions takes one, and reading mentions takes one more', async ({
  ada,
  grace,
  linus,
}) => {
  const chat = await group(ada, grace, linus);
  const sending = (mentionedUserIds: string[]) => () =>
    ada.ask('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Message { id } } }', {
      input: { chatId: chat.id, content: 'x', mentionedUserIds },
    });
  expect(await countStatements(sending([grace.id, linus.id]))).toBe(1);
  const page = (fields: string) => () =>
    ada.ask(`query ($id: ID!) { chat(id: $id) { messages { edges { node { ${fields} } } } } }`, chat);
  expect(await countStatements(page(`id ${MENTIONS}`))).toBe((await countStatements(page('id'))) + 1);
  expect(await countStatements(() => mentions(grace, 50))).toBe(1);

  const stream = await live(grace);
  const seen = () => stream.items.length;
  const sends = await countStatements(async () => {
    const before = seen();
    await sending([grace.id, linus.id])();
    await stream.count(before + 1);
  });
  // The snapshot has the users too.
  expect(sends).toBe(1);
  stream.stop();
});
