import { describe, expect } from 'vitest';
import { silent, type TestUser } from './support/app.ts';
import { block, cannotContact } from './support/blocks.ts';
import { attempt, direct, does, group, remove, roles, send, type Chat } from './support/documents.ts';
import { updateSettings } from './support/read-state.ts';
import { countStatements } from './support/statements.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers(silent);

const withdraw = async (user: TestUser) =>
  expect(await updateSettings(user, { whoMayContact: 'SHARED_CHAT' })).toMatchObject({ whoMayContact: 'SHARED_CHAT' });

/** Every way to contact somebody: a direct chat, a new group, and an existing group. */
async function reach(by: TestUser, whom: TestUser) {
  const own = await group(by);
  return [
    await attempt(by, 'createChat', { kind: 'DIRECT', memberIds: [whom.id] }),
    await attempt(by, 'createChat', { kind: 'GROUP', memberIds: [whom.id] }),
    await attempt(by, 'addChatMembers', { chatId: own.id, userIds: [whom.id] }),
  ];
}
const hand = (owner: TestUser, { id: chatId }: Chat, { id: userId }: TestUser) =>
  does(owner, 'setChatMemberRole', { chatId, userId, role: 'OWNER' });

const refused = [cannotContact, cannotContact, cannotContact];
const reached = [{ kind: 'DIRECT' }, { kind: 'GROUP' }, { kind: 'GROUP' }];

describe('a user who accepts contact only from people in a shared chat', () => {
  test('is not reached by others, on any server, and these get the same error as after a block', async ({
    two,
    ada,
    grace,
    linus,
  }) => {
    expect(await reach(grace, ada)).toMatchObject(reached);
    await withdraw(linus);

    expect(await reach(grace, linus)).toEqual(refused);
    expect(await reach(grace.at(two), linus)).toEqual(refused);
    await updateSettings(linus, { whoMayContact: 'EVERYONE' });
    await block(linus, grace);
    expect(await reach(grace, linus)).toEqual(refused);
  });

  test('is reached by people in a chat with them', async ({ two, ada, grace, linus }) => {
    await group(ada, grace, linus);
    await withdraw(linus);

    expect(await reach(grace.at(two), linus)).toMatchObject(reached);
  });

  test.for<[string, (ada: TestUser, linus: TestUser, chat: Chat) => Promise<unknown>]>([
    ['they have left', (_, linus, chat) => remove(linus, chat, linus)],
    [
      'the other one was removed from',
      (ada, linus, chat) => hand(ada, chat, linus).then(() => remove(linus, chat, ada)),
    ],
    ['is deleted', (ada, _, chat) => does(ada, 'deleteChat', { chatId: chat.id })],
  ])('is not reached by people of a chat that %s', async ([, end], { two, ada, grace, linus }) => {
    const chat = await group(ada, linus, grace);
    await withdraw(linus);

    await end(ada, linus, chat);

    expect(await reach(ada, linus)).toEqual(refused);
    expect(await reach(ada.at(two), linus)).toEqual(refused);
  });

  test('reaches others, and keeps existing chats', async ({ ada, grace }) => {
    const chat = await direct(ada, grace);
    await withdraw(grace);
    await withdraw(ada);

    await send(ada, chat, 'still here');
    expect(await direct(ada, grace)).toMatchObject({ id: chat.id });
    expect(await attempt(grace, 'createChat', { kind: 'GROUP', memberIds: [ada.id] })).toMatchObject({ kind: 'GROUP' });
  });

  test('makes a batch fail as a whole in which one user refuses', async ({ ada, grace, linus }) => {
    const chat = await group(ada);
    await withdraw(linus);

    const userIds = [grace.id, linus.id];
    expect(await attempt(ada, 'addChatMembers', { chatId: chat.id, userIds })).toEqual(cannotContact);
    expect(await roles(ada, chat)).toEqual({ [ada.username]: 'OWNER' });
  });
});

test('statements: checking consent takes two, for any number of users', async ({ one, ada }) => {
  const people = [await one.user(), await one.user(), await one.user()];
  for (const person of people) await group(person, ada).then(() => withdraw(person));
  const make = (members: TestUser[]) => countStatements(() => group(ada, ...members));

  expect(await make(people)).toBe(await make(people.slice(0, 1)));
});
