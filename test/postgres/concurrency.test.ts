import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowId } from '../../src/graphql/ids.ts';
import { startTwoServers, type TestServer, type TestUser } from '../support/app.ts';
import {
  add,
  attempt,
  direct,
  does,
  group,
  readChat,
  readMessage,
  remove,
  roles,
  send,
  type Chat,
  type Mutation,
} from '../support/documents.ts';
import { block, cannotContact } from '../support/blocks.ts';
import { until } from '../support/until.ts';

let one: TestServer;
let two: TestServer;
let stop: () => Promise<void>;
let ada: TestUser;
let grace: TestUser;

beforeAll(async () => {
  ({ one, two, stop } = await startTwoServers());
  [ada, grace] = [await one.user('ada'), (await one.user('grace')).at(two)];
});
afterAll(() => stop());

const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));
const onBoth = (user: TestUser, i: number) => user.at(i % 2 ? one : two);
const log = ({ id }: { id: string }) =>
  one.database.db.event.findMany({
    where: { chatId: Buffer.from(id, 'base64url').toString().split(':')[1]! },
    orderBy: { position: 'asc' },
  });

describe('positions', () => {
  test('have no gap and no double, however many write at once', async () => {
    const chat = await group(ada, grace);
    const message = await send(ada, chat);
    await times(60, (i) => {
      const user = onBoth(i % 3 ? ada : grace, i);
      if (i % 5 === 0) return attempt(user, 'addReaction', { messageId: message.id, emoji: `:e${i % 20}:` });
      if (i % 7 === 0) return attempt(user, 'updateChat', { chatId: chat.id, title: `t${i}` });
      return attempt(user, 'sendMessage', { chatId: chat.id, content: String(i) });
    });
    const events = await log(chat);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i + 1));
    expect(events.map(({ occurredAt }) => occurredAt.getTime())).toEqual(
      events.map(({ occurredAt }) => occurredAt.getTime()).toSorted((a, b) => a - b),
    );
    expect(await readChat(ada, chat.id)).toMatchObject({ position: events.length });
  });
});

test('the number of members is exact when users are added, are removed and leave at once', async () => {
  const people = await times(6, () => one.user('someone'));
  for (let race = 0; race < 4; race++) {
    const chat = await group(ada, grace, ...people.slice(0, 3));
    await does(ada, 'setChatMemberRole', { chatId: chat.id, userId: grace.id, role: 'ADMIN' });
    await times(36, (i) => {
      const someone = people[(i * 5) % people.length]!;
      if (i % 3 === 0) return attempt(onBoth(someone, i), 'removeChatMember', { chatId: chat.id, userId: someone.id });
      const by = onBoth(i % 2 ? ada : grace, i);
      if (i % 3 === 1) return attempt(by, 'removeChatMember', { chatId: chat.id, userId: someone.id });
      return attempt(by, 'addChatMembers', { chatId: chat.id, userIds: [someone.id, people[i % people.length]!.id] });
    });
    const present = Object.keys(await roles(ada, chat)).length;
    const query = 'query ($id: ID!) { chat(id: $id) { memberCount } }';
    expect(await ada.ask(query, { id: chat.id })).toEqual({ memberCount: present });
  }
});

test('nothing is written in a direct chat after a block has committed, however close', async () => {
  for (let race = 0; race < 8; race++) {
    const [blocker, blocked] = [await one.user('blocker'), await one.user('blocked')];
    const chat = await direct(blocker, blocked);
    const { id } = await send(blocked, chat);
    const acting = times(12, (i) => {
      const user = onBoth(i % 3 ? blocked : blocker, i);
      return i % 4 === 0 && i % 3
        ? attempt(user, 'addReaction', { messageId: id, emoji: `:e${i}:` })
        : attempt(user, 'sendMessage', { chatId: chat.id, content: String(i) });
    });
    expect(await block(onBoth(blocker, race), blocked)).toMatchObject({ __typename: 'Block' });
    const { position } = (await readChat(blocker, chat.id))!;
    for (const answer of await acting) if (answer.code) expect(answer).toEqual(cannotContact);

    for (const user of [blocker, blocked.at(two), blocked, blocker.at(two)]) {
      expect(await attempt(user, 'sendMessage', { chatId: chat.id, content: 'late' })).toEqual(cannotContact);
    }
    expect(await readChat(blocker, chat.id)).toMatchObject({ position });
  }
});

test('a direct chat that is opened during a block takes no message after the block', async () => {
  for (let race = 0; race < 8; race++) {
    const [blocker, blocked] = [await one.user('blocker'), await one.user('blocked')];
    const opening = onBoth(blocked, race);
    const writing = attempt(opening, 'createChat', { kind: 'DIRECT', memberIds: [blocker.id] }).then(async (made) => {
      if (made.code) return expect(made).toEqual(cannotContact);
      await attempt(opening, 'sendMessage', { chatId: made.id, content: 'first' });
      await blocking;
      expect(await attempt(opening, 'sendMessage', { chatId: made.id, content: 'late' })).toEqual(cannotContact);
    });
    const blocking = block(blocker, blocked);
    await writing;
  }
});

describe('a removed member', () => {
  const acts: [Mutation, (chat: Chat, messageId: string, i: number) => object][] = [
    ['sendMessage', ({ id }, _, i) => ({ chatId: id, content: String(i) })],
    ['editMessage', (_, messageId, i) => ({ messageId, content: String(i) })],
    ['addReaction', (_, messageId, i) => ({ messageId, emoji: `:e${i}:` })],
    ['deleteMessage', (_, messageId) => ({ messageId })],
  ];

  test.each(acts)('does not %s after the removal, however close', async (name, input) => {
    for (let race = 0; race < 6; race++) {
      const chat = await group(ada, grace);
      const [{ id }, other] = [await send(grace, chat), await send(grace, chat)];
      const act = (i: number, messageId = id) => attempt(onBoth(grace, i), name, input(chat, messageId, i));
      expect(await act(0, other.id)).not.toHaveProperty('code');
      const acting = times(6, (i) => act(i));
      const removing = remove(ada, chat, grace);
      const answers = await acting;
      const { position } = await removing;

      expect(await act(0)).toMatchObject({ code: 'FORBIDDEN' });
      const late = (await log(chat)).filter((event) => event.position > position);
      // The author of the line is the user who removed them.
      expect(late).toMatchObject([{ position: position + 1, type: 'MESSAGE_CREATED', actorId: ada.rowId }]);
      for (const { code, revision } of answers) {
        if (code) expect(code).toBe('FORBIDDEN');
        else expect(revision).toBeLessThan(position);
      }
    }
  });

  test('no action of a member is stored after the deletion of the chat', async () => {
    for (let race = 0; race < 6; race++) {
      const chat = await group(ada, grace);
      const sending = times(6, (i) => attempt(onBoth(grace, i), 'sendMessage', { chatId: chat.id, content: 'x' }));
      const [answers, { position }] = await Promise.all([sending, does(ada, 'deleteChat', { chatId: chat.id })]);
      expect((await log(chat)).at(-1)).toMatchObject({ type: 'CHAT_DELETED', position });
      for (const answer of answers) {
        if (answer.code) expect(answer.code).toBe('NOT_FOUND');
        else expect(answer.position).toBeLessThan(position);
      }
    }
  });
});

describe('a mutation that waits for the chat’s lock', () => {
  /**
   * Starts the mutations one after the other, each when those before it wait for the lock, and then releases the lock.
   */
  async function inTurn(chat: Chat, ...acts: (() => Promise<Record<string, unknown>>)[]) {
    const started = await one.database.db.$transaction(async (tx) => {
      const [{ holder }] = await tx.$queryRaw<[{ holder: number }]>`
        SELECT pg_backend_pid() AS holder FROM chat WHERE id = ${rowId('Chat', chat.id)}::uuid FOR UPDATE`;
      const answers: Promise<Record<string, unknown>>[] = [];
      for (const act of acts) {
        answers.push(act());
        await until(async () => (await waitingFor(holder)) === answers.length);
      }
      return answers;
    });
    return Promise.all(started);
  }

  /** The number of connections that wait for this one, or for one that waits for it. */
  async function waitingFor(pid: number): Promise<number> {
    const [{ count }] = await two.database.db.$queryRaw<[{ count: number }]>`
      WITH RECURSIVE waiting (pid) AS (
        SELECT ${pid}::int
        UNION
        SELECT a.pid FROM pg_stat_activity a JOIN waiting w ON w.pid = ANY(pg_blocking_pids(a.pid))
        WHERE a.wait_event_type = 'Lock'
      )
      SELECT count(*)::int - 1 AS count FROM waiting`;
    return count;
  }

  test.each<[Mutation, object]>([
    ['editMessage', { content: 'edited' }],
    ['addReaction', { emoji: '👍' }],
  ])('behind a deletion of the message does not restore it: %s', async (name, input) => {
    const chat = await group(ada, grace);
    const { id: messageId } = await send(ada.at(two), chat);
    const [deleted, late] = await inTurn(
      chat,
      () => attempt(ada, 'deleteMessage', { messageId }),
      () => attempt(ada.at(two), name, { messageId, ...input }),
    );
    expect(deleted).toMatchObject({ isDeleted: true });
    expect(late).toMatchObject({ code: 'NOT_FOUND' });
    expect(await readMessage(ada, messageId)).toMatchObject({ isDeleted: true, content: null, reactions: [] });
  });

  test('behind a change of roles is decided by the new role', async () => {
    const chat = await group(ada, grace);
    const { id: messageId } = await send(ada, chat);
    const give = (role: string) => attempt(ada, 'setChatMemberRole', { chatId: chat.id, userId: grace.id, role });
    await give('ADMIN');
    const own = await send(grace, chat);
    await does(grace, 'deleteMessage', { messageId: own.id });
    const [given, late] = await inTurn(
      chat,
      () => give('MEMBER'),
      () => attempt(grace, 'deleteMessage', { messageId }),
    );
    expect(given).not.toHaveProperty('code');
    expect(late).toMatchObject({ code: 'FORBIDDEN' });
    expect(await readMessage(ada, messageId)).toMatchObject({ isDeleted: false, content: 'hello' });
  });
});

describe('two users at once', () => {
  test('get one DIRECT chat', async () => {
    for (let race = 0; race < 4; race++) {
      const [a, b] = [await one.user('a'), await one.user('b')];
      const chats = await times(8, (i) => {
        const [from, to] = i % 4 < 2 ? [a, b] : [b, a];
        return does(
          onBoth(from, i),
          'createChat',
          { kind: 'DIRECT', memberIds: [to.id] },
          i > 5 ? `key ${i}` : undefined,
        );
      });
      expect(new Set(chats.map(({ id }) => id)).size).toBe(1);
      expect(await a.ask('{ chats { edges { node { id } } } }')).toEqual({ edges: [{ node: { id: chats[0]!.id } }] });
    }
  });

  test('who leave either leave an owner or delete the chat', async () => {
    const linus = await one.user('linus');
    for (let race = 0; race < 4; race++) {
      const chat = await group(ada, grace, linus);
      await Promise.all([remove(ada, chat, ada), remove(grace, chat, grace)]);
      expect(await roles(linus, chat)).toEqual({ [linus.username]: 'OWNER' });
      const last = await group(ada, grace);
      await Promise.all([remove(ada, last, ada), remove(grace, last, grace)]);
      expect((await log(last)).at(-1)).toMatchObject({ type: 'CHAT_DELETED' });
    }
  });

  test('who hand over leave one owner', async () => {
    const linus = await one.user('linus');
    const chat = await group(ada, grace, linus);
    const give = (to: TestUser, i: number) =>
      attempt(onBoth(ada, i), 'setChatMemberRole', { chatId: chat.id, userId: to.id, role: 'OWNER' });
    const answers = await Promise.all([give(grace, 0), give(linus, 1)]);
    expect(answers.map(({ code }) => code).toSorted()).toEqual(['FORBIDDEN', undefined]);
    expect(Object.values(await roles(ada, chat)).toSorted()).toEqual(['ADMIN', 'MEMBER', 'OWNER']);
  });

  test('who add the same users to many chats do not deadlock', async () => {
    const users = await times(20, () => one.user());
    const chats = await times(6, () => group(ada));
    await Promise.all(chats.map((chat, i) => add(onBoth(ada, i), chat, ...(i % 2 ? users : users.toReversed()))));
    for (const user of users) {
      const { edges } = await user.ask<{ edges: unknown[] }>('{ chats { edges { node { id } } } }');
      expect(edges).toHaveLength(6);
    }
    const row = await one.database.db.user.findUniqueOrThrow({ where: { id: users[0]!.rowId } });
    expect(row.membershipVersion).toBe(6);
  });

  test('who react beyond the limit leave 20', async () => {
    const chat = await group(ada, grace);
    const { id } = await send(ada, chat);
    const answers = await times(30, (i) => attempt(onBoth(ada, i), 'addReaction', { messageId: id, emoji: `:e${i}:` }));
    expect(answers.filter(({ code }) => code === 'INVALID_INPUT')).toHaveLength(10);
  });
});

describe('fifty requests under one key', () => {
  test.each([
    ['sendMessage', 1, (chat: Chat) => ({ chatId: chat.id, content: 'once' })],
    ['updateChat', 2, (chat: Chat) => ({ chatId: chat.id, title: 'once' })],
    ['addChatMembers', 2, (chat: Chat, newcomer: TestUser) => ({ chatId: chat.id, userIds: [newcomer.id] })],
    ['deleteChat', 1, (chat: Chat) => ({ chatId: chat.id })],
  ] as const)('at two servers at once are one %s', async (name, events, input) => {
    const chat = await group(ada, grace);
    const key = randomUUID();
    const variables = input(chat, await one.user());
    const answers = await times(50, (i) => attempt(onBoth(ada, i), name, variables, key));

    const [first] = answers;
    expect(first).not.toHaveProperty('code');
    for (const answer of answers) expect(answer).toEqual(first);
    expect(await log(chat)).toHaveLength(2 + events);
  });

  test('make one chat', async () => {
    const maker = await one.user();
    const key = randomUUID();
    const answers = await times(50, (i) => does(onBoth(maker, i), 'createChat', { kind: 'GROUP', memberIds: [] }, key));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await maker.ask('{ chats { edges { node { id } } } }')).toEqual({
      edges: [{ node: { id: answers[0]!.id } }],
    });
  });

  test('do not affect requests with other keys in the same chat', async () => {
    const chat = await group(ada, grace);
    const key = randomUUID();
    const answers = await times(60, (i) =>
      attempt(
        onBoth(i % 3 ? ada : grace, i),
        'sendMessage',
        { chatId: chat.id, content: i % 2 ? 'once' : `own ${i}` },
        i % 2 ? key : `own ${i}`,
      ),
    );
    for (const answer of answers) expect(answer).not.toHaveProperty('code');
    const contents = answers.map(({ id, content }) => `${String(id)} ${String(content)}`);
    // Each of the two users has one message with the key, and thirty others.
    expect(new Set(contents).size).toBe(32);
    expect(await log(chat)).toHaveLength(34);
  });

  test('with different inputs do one of them, and the others are refused', async () => {
    const chat = await group(ada);
    const key = randomUUID();
    const answers = await times(20, (i) =>
      attempt(onBoth(ada, i), 'sendMessage', { chatId: chat.id, content: `v${i % 2}` }, key),
    );
    const done = answers.filter(({ code }) => code === undefined);
    expect(new Set(done.map(({ id }) => id)).size).toBe(1);
    expect(done).toHaveLength(10);
    expect(answers.filter(({ code }) => code === 'IDEMPOTENCY_KEY_REUSED')).toHaveLength(10);
  });
});
