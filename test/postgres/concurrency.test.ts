import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTwoServers, type TestServer, type TestUser } from '../support/app.ts';
import {
  add,
  attempt,
  does,
  group,
  readChat,
  remove,
  roles,
  send,
  type Chat,
  type Mutation,
} from '../support/documents.ts';

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
  test('have no gap and no double, whoever writes at once', async () => {
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
      expect(late).toEqual([]);
      for (const { code, revision } of answers) {
        if (code) expect(code).toBe('FORBIDDEN');
        else expect(revision).toBeLessThan(position);
      }
    }
  });

  test('nor does anyone act after the deletion of the chat', async () => {
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

describe('two at once', () => {
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

  test('who leave, leave an owner, or no chat', async () => {
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

  test('who add the same users to many chats do not wait for each other for ever', async () => {
    const users = await times(20, () => one.user());
    const chats = await times(6, () => group(ada));
    await Promise.all(chats.map((chat, i) => add(onBoth(ada, i), chat, ...(i % 2 ? users : users.toReversed()))));
    for (const user of users) {
      const { edges } = await user.ask<{ edges: unknown[] }>('{ chats { edges { node { id } } } }');
      expect(edges).toHaveLength(6);
    }
    const row = await one.database.db.user.findUniqueOrThrow({ where: { id: users[0]!.rowId } });
    expect(row.joinings).toBe(6);
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
    ['sendMessage', (chat: Chat) => ({ chatId: chat.id, content: 'once' })],
    ['updateChat', (chat: Chat) => ({ chatId: chat.id, title: 'once' })],
    ['addChatMembers', (chat: Chat, newcomer: TestUser) => ({ chatId: chat.id, userIds: [newcomer.id] })],
    ['deleteChat', (chat: Chat) => ({ chatId: chat.id })],
  ] as const)('at two servers at once are one %s', async (name, input) => {
    const chat = await group(ada, grace);
    const key = randomUUID();
    const variables = input(chat, await one.user());
    const answers = await times(50, (i) => attempt(onBoth(ada, i), name, variables, key));

    const [first] = answers;
    expect(first).not.toHaveProperty('code');
    for (const answer of answers) expect(answer).toEqual(first);
    expect(await log(chat)).toHaveLength(2);
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

  test('among others that have their own, in one chat, disturb none of them', async () => {
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
    // Each of the two users has the key's message once, and thirty of the others.
    expect(new Set(contents).size).toBe(32);
    expect(await log(chat)).toHaveLength(33);
  });

  test('with different inputs are one of them, and refusals', async () => {
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
