import { describe, expect } from 'vitest';
import type { TestUser } from './support/app.ts';
import { add, direct, does, EVENTS, group, remove, send, type Chat } from './support/documents.ts';
import { withTwoServers } from './support/test.ts';

// The comparison with the database would deliver unpublished events a second later, so it is off.
/** Ada is at one server, Grace at the other. */
const test = withTwoServers({ reconcileMs: 3_600_000 }).extend('grace', async ({ one, two }) =>
  (await one.user('grace')).at(two),
);

const CREATED =
  'subscription ($chatId: ID) { messageCreated(chatId: $chatId) { id content reactions { emoji } author { displayName } } }';
const UPDATED =
  'subscription ($chatId: ID) { messageUpdated(chatId: $chatId) { content isDeleted revision reactions { emoji } } }';

/** Follows all events, and waits until the stream is live. */
async function events(user: TestUser) {
  const stream = user.subscribe(EVENTS);
  await stream.item(({ __typename }) => __typename === 'CaughtUp');
  return stream;
}
const of = (chat: Chat) => (item: Record<string, unknown>) => item.chatId === chat.id;

describe('each field delivers from one server to the other', () => {
  test('messageCreated, of one chat and of all', async ({ ada, grace }) => {
    const [chat, other] = [await group(ada, grace), await group(ada, grace)];
    const inOne = await grace.follow(CREATED, { chatId: chat.id });
    const inAll = await grace.follow(CREATED);
    const sent = await send(ada, chat, 'a');
    await send(ada, other, 'b');
    await does(ada, 'editMessage', { messageId: sent.id, content: 'edited' });
    await send(ada, chat, 'c');

    const ofOne = [expect.stringMatching(/^(a|edited)$/), 'c'];
    expect((await inOne.count(2)).map(({ content }) => content)).toEqual(ofOne);
    // Events of one chat are in order; between chats there is no order.
    const ofAll = (await inAll.count(3)).map(({ content }) => content);
    expect(ofAll.filter((content) => content !== 'b')).toEqual(ofOne);
    expect(ofAll).toContain('b');
    expect(inOne.items[0]).toMatchObject({ id: sent.id, reactions: [], author: { displayName: 'ada' } });
  });

  test('messageUpdated, with the whole message as it now is', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    const { id, revision } = await send(ada, chat, 'a');
    const stream = await grace.follow(UPDATED, { chatId: chat.id });
    const steps = [
      () => does(grace, 'addReaction', { messageId: id, emoji: '👍' }),
      () => does(ada, 'editMessage', { messageId: id, content: 'b' }),
      () => does(grace, 'removeReaction', { messageId: id, emoji: '👍' }),
      () => does(ada, 'deleteMessage', { messageId: id }),
    ];
    for (const [i, step] of steps.entries()) {
      await step();
      await stream.count(i + 1);
    }
    expect(stream.items).toEqual([
      { content: 'a', isDeleted: false, revision: revision + 1, reactions: [{ emoji: '👍' }] },
      { content: 'b', isDeleted: false, revision: revision + 2, reactions: [{ emoji: '👍' }] },
      { content: 'b', isDeleted: false, revision: revision + 3, reactions: [] },
      { content: null, isDeleted: true, revision: revision + 4, reactions: [] },
    ]);
  });

  test('chatAdded, chatUpdated, membershipEnded and chatDeleted', async ({ one, ada, grace }) => {
    const linus = await one.user('linus');
    const added = await grace.follow('subscription { chatAdded { id title memberCount } }');
    const updated = await grace.follow('subscription { chatUpdated { id title memberCount } }');
    const ended = await grace.follow(
      'subscription { membershipEnded { chatId position user { id } removedBy { id } } }',
    );
    const deleted = await grace.follow('subscription { chatDeleted { id chatId position deletedBy { id } } }');

    const chat = await group(ada, grace);
    const { id } = chat;
    expect(await added.count(1)).toEqual([{ id, title: 'Plans', memberCount: 2 }]);
    await does(ada, 'updateChat', { chatId: id, title: 'New' });
    await updated.count(1);
    await add(ada, chat, linus);
    await updated.count(2);
    await remove(ada, chat, linus);
    await updated.count(3);
    await does(ada, 'setChatMemberRole', { chatId: id, userId: grace.id, role: 'ADMIN' });
    await updated.count(4);
    expect(updated.items).toEqual([2, 3, 2, 2].map((memberCount) => ({ id, title: 'New', memberCount })));

    const { position } = await remove(ada, chat, grace);
    expect(await ended.count(1)).toEqual([{ chatId: id, position, user: { id: grace.id }, removedBy: { id: ada.id } }]);
    await add(ada, chat, grace);
    expect(await added.count(2)).toMatchObject([{ id }, { id }]);
    const deletion = await does(ada, 'deleteChat', { chatId: id });
    expect(await deleted.count(1)).toEqual([
      { id, chatId: id, position: deletion.position, deletedBy: { id: ada.id } },
    ]);
    // The removed member receives the removal, and not the change of the chat.
    expect([updated.items.length, ended.items.length, added.items.length]).toEqual([4, 1, 2]);
  });
});

test('events has everything, each position once and in order, for both', async ({ one, ada, grace }) => {
  const [hers, his] = [await events(ada), await events(grace)];
  const linus = await one.user('linus');
  const chat = await group(ada, grace);
  const message = await send(grace, chat);
  await does(ada, 'addReaction', { messageId: message.id, emoji: '👍' });
  await does(ada, 'removeReaction', { messageId: message.id, emoji: '👍' });
  await does(grace, 'editMessage', { messageId: message.id, content: 'edited' });
  await add(ada, chat, linus);
  await does(ada, 'setChatMemberRole', { chatId: chat.id, userId: linus.id, role: 'ADMIN' });
  await remove(ada, chat, linus);
  const { revision } = await does(ada, 'deleteMessage', { messageId: message.id });
  // The end of a chat may be delivered before earlier events have been shown.
  for (const stream of [hers, his]) await stream.item((item) => of(chat)(item) && item.position === revision);
  await does(ada, 'deleteChat', { chatId: chat.id });

  const types = [
    'ChatAdded',
    'MessageCreated',
    'MessageCreated',
    'ReactionAdded',
    'ReactionRemoved',
    'MessageEdited',
    'MemberAdded',
    'MessageCreated',
    'ChatUpdated',
    'MessageCreated',
    'MemberRemoved',
    'MessageCreated',
    'MessageDeleted',
    'ChatDeleted',
  ];
  for (const stream of [hers, his]) {
    await stream.item((item) => of(chat)(item) && item.__typename === 'ChatDeleted');
    const items = stream.items.filter(of(chat));
    expect(items.map(({ position, __typename }) => [position, __typename])).toEqual(
      types.map((type, i) => [i + 1, type]),
    );
    expect(items.slice(3, 5)).toMatchObject([
      { reaction: { emoji: '👍', user: { id: ada.id } } },
      { emoji: '👍', user: { id: ada.id } },
    ]);
    expect(items[6]).toMatchObject({ user: { id: linus.id }, role: 'MEMBER' });
  }
});

describe('a membership bounds the received events', () => {
  test('to its exact positions: ChatAdded for the added user, MemberAdded for the others, nothing after the end', async ({
    ada,
    grace,
  }) => {
    const chat = await group(ada);
    await send(ada, chat, 'before');
    const stream = await events(grace);
    const others = await events(ada);

    const { position: joined } = await add(ada, chat, grace);
    const during = await send(ada, chat, 'during');
    // A removal may be delivered before earlier events have been shown.
    await stream.item((item) => of(chat)(item) && item.position === during.position);
    const { position: left } = await remove(ada, chat, grace);
    await send(ada, chat, 'after');
    // Anything sent after the removal would have arrived before this.
    const probe = await direct(ada, grace);
    const message = await send(ada, probe);
    await stream.item(({ message: heard }) => (heard as { id: string } | undefined)?.id === message.id);

    expect(stream.items.filter(of(chat)).map(({ __typename, position }) => [__typename, position])).toEqual([
      ['ChatAdded', joined - 1],
      ['MessageCreated', joined],
      ['MessageCreated', joined + 1],
      ['MemberRemoved', left],
    ]);
    await others.item(({ position, chatId }) => chatId === chat.id && position === left + 2);
    expect(others.items.filter(of(chat)).map(({ __typename }) => __typename)).toEqual([
      'MemberAdded',
      'MessageCreated',
      'MessageCreated',
      'MemberRemoved',
      'MessageCreated',
      'MessageCreated',
    ]);
    await add(ada, chat, grace);
    await stream.item((item) => of(chat)(item) && item.position === left + 3 && item.__typename === 'ChatAdded');
  });

  test.for(['removed', 'deleted'] as const)(
    'a stream of one chat completes when it is %s, and one of all chats continues',
    async (how, { ada, grace }) => {
      const chat = await group(ada, grace);
      const streams = [
        await grace.follow(CREATED, { chatId: chat.id }),
        await grace.follow(UPDATED, { chatId: chat.id }),
      ];
      const all = await grace.follow(CREATED);
      await send(ada, chat, 'last');
      if (how === 'removed') await remove(ada, chat, grace);
      else await does(ada, 'deleteChat', { chatId: chat.id });

      for (const stream of streams) await stream.end();
      expect(streams.map(({ error }) => error)).toEqual([undefined, undefined]);
      await send(ada, await direct(ada, grace), 'on');
      await all.item(({ content }) => content === 'on');
      expect(all.over).toBe(false);
    },
  );

  test('a subscriber receives nothing of a chat of others, and does not learn that it exists', async ({
    one,
    two,
    ada,
    grace,
  }) => {
    const linus = (await one.user('linus')).at(two);
    const stream = await events(linus);
    const chat = await group(ada, grace);
    await send(ada, chat, 'private');
    await direct(ada, linus);
    await stream.item(({ __typename }) => __typename === 'ChatAdded');
    expect(stream.items.map(({ __typename }) => __typename)).toEqual(['CaughtUp', 'ChatAdded']);
  });

  test('a user who subscribes after their removal receives nothing of the chat', async ({ two, ada, grace }) => {
    const [left, shared] = [await group(ada, grace), await group(ada, grace)];
    await remove(ada, left, grace);
    // Ada has the same operation on Grace's server. When Ada's frames have been written, Grace's would have been too.
    const beside = await ada.at(two).follow(CREATED);
    const messages = await grace.follow(CREATED);
    const all = await events(grace);

    for (const [chat, content] of [
      [left, 'in the chat that Grace left'],
      [shared, 'in the chat that both share'],
    ] as const) {
      await send(ada, chat, content);
      await beside.item((item) => item.content === content);
    }

    await all.item(of(shared));
    expect(all.items.filter(of(left))).toEqual([]);
    expect((await messages.count(1)).map(({ content }) => content)).toEqual(['in the chat that both share']);
  });

  test('a user who was removed and added again while offline gets ChatReset, and not the messages in between', async ({
    ada,
    grace,
  }) => {
    const chat = await group(ada, grace);
    const before = await events(grace);
    const { position } = await send(ada, chat, 'before');
    await before.item((item) => of(chat)(item) && item.position === position);
    before.stop();
    await remove(ada, chat, grace);
    await send(ada, chat, 'between');
    const added = await add(ada, chat, grace);

    const stream = grace.subscribe(EVENTS, { since: [{ chatId: chat.id, position }] });
    await stream.item(({ __typename }) => __typename === 'CaughtUp');
    const after = await send(ada, chat, 'after');
    await stream.item((item) => of(chat)(item) && item.position === after.position);

    expect(stream.items.filter(of(chat))).toMatchObject([
      { __typename: 'ChatReset', position: added.position },
      { __typename: 'MessageCreated', message: { content: 'after' } },
    ]);
  });
});

test.for(['WebSocket', 'SSE'])(
  'the rows of every event are read again, over %s too',
  async (transport, { one, grace }) => {
    const author = await one.user('old');
    const chat = await group(author, grace);
    const query = `subscription { messageCreated(chatId: "${chat.id}") { content author { displayName } chat { title } } }`;
    const stream = transport === 'SSE' ? await grace.followSse(query) : await grace.follow(query);
    await send(author, chat, '1');
    await stream.count(1);
    await one.database.db.user.update({ where: { id: author.rowId }, data: { displayName: 'new' } });
    await does(author, 'updateChat', { chatId: chat.id, title: 'New' });
    await send(author, chat, '2');
    expect(await stream.count(3)).toEqual([
      { content: '1', author: { displayName: 'old' }, chat: { title: 'Plans' } },
      { content: null, author: { displayName: 'new' }, chat: { title: 'New' } },
      { content: '2', author: { displayName: 'new' }, chat: { title: 'New' } },
    ]);
    stream.stop();
  },
);

test('a subscription without a viewer is refused, and the socket stays open', async ({ one }) => {
  const stranger = one.stranger();
  for (const query of ['{ chatAdded { id } }', '{ events { __typename } }', '{ messageCreated { id } }']) {
    const stream = stranger.subscribe(`subscription ${query}`);
    await stream.end();
    expect(stream.results).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
  }
});

test('since names at most 5,000 chats of any kind, and each of them is answered', async ({ ada }) => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => ({ chatId: `x${i}`, position: 0 }));

  const refused = ada.subscribe(EVENTS, { since: names(5_001) });
  await refused.end();
  expect(JSON.stringify([refused.error, refused.results])).toMatch(/since: must have at most 5000 entries/);

  const stream = ada.subscribe(EVENTS, { since: names(5_000) });
  await stream.item(({ __typename }) => __typename === 'CaughtUp');
  expect(stream.items.filter(({ __typename }) => __typename === 'ChatGone').map(({ chatId }) => chatId)).toEqual(
    names(5_000).map(({ chatId }) => chatId),
  );
  stream.stop();
});
