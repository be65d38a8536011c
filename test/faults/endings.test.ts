import { expect } from 'vitest';
import type { TestUser } from '../support/app.ts';
import { attempt, does, group, remove, send, type Chat } from '../support/documents.ts';
import { Follower } from '../support/follower.ts';
import type { TestStream } from '../support/stream.ts';
import { until } from '../support/until.ts';
import { withTwoServers } from '../support/test.ts';

const test = withTwoServers();

const ROUNDS = 3;

/** Sends, edits and reacts at once, again and again, until it is refused. Collects the acknowledged positions. */
async function busily(bob: TestUser, chat: Chat): Promise<number[]> {
  const acknowledged: number[] = [];
  const { id: messageId } = await send(bob, chat, 'mine');
  const keepOn = async (does: () => Promise<Record<string, unknown>>, position: string) => {
    for (;;) {
      const answer = await does();
      if ('code' in answer) {
        expect(['FORBIDDEN', 'NOT_FOUND']).toContain(answer.code);
        return;
      }
      acknowledged.push(answer[position] as number);
    }
  };
  let edits = 0;
  await Promise.all([
    keepOn(() => attempt(bob, 'sendMessage', { chatId: chat.id, content: 'still here' }), 'position'),
    keepOn(() => attempt(bob, 'editMessage', { messageId, content: `edit ${++edits}` }), 'revision'),
    keepOn(() => attempt(bob, 'addReaction', { messageId, emoji: '👍' }), 'revision'),
    keepOn(() => attempt(bob, 'removeReaction', { messageId, emoji: '👍' }), 'revision'),
  ]);
  return acknowledged;
}

/** Subscribes again and again until it is refused. A stream that is open then must complete. */
async function subscribesBusily(bob: TestUser, chat: Chat): Promise<void> {
  const open: TestStream[] = [];
  for (;;) {
    const stream = bob.subscribe('subscription ($id: ID!) { messageCreated(chatId: $id) { position } }', {
      id: chat.id,
    });
    await until(() => stream.over || stream.items.length > 0);
    const [refusal] = stream.results.flatMap(({ errors }) => errors ?? []);
    if (refusal) {
      expect(['FORBIDDEN', 'NOT_FOUND']).toContain(refusal.extensions?.code);
      break;
    }
    if (open.push(stream) > 3) open.shift()!.stop();
  }
  await Promise.all(open.map((stream) => stream.end()));
}

test.for([
  { what: 'removed', end: (ada: TestUser, chat: Chat, bob: TestUser) => remove(ada, chat, bob), type: 'MemberRemoved' },
  {
    what: 'deleted',
    end: (ada: TestUser, chat: Chat) => does(ada, 'deleteChat', { chatId: chat.id }),
    type: 'ChatDeleted',
  },
])(
  'subscribing, sending, editing and reacting while being $what: the ending is the last event',
  { timeout: 60_000 },
  async ({ end, type }, { one, two }) => {
    const ada = await one.user('ada');
    const bob = (await one.user('bob')).at(two);
    for (let round = 0; round < ROUNDS; round++) {
      const chat = await group(ada, bob);
      const follower = await Follower.start(bob);
      const busy = Promise.all([busily(bob, chat), subscribesBusily(bob.at(one), chat)]);
      await follower.reaches(chat.id, 8 + round);
      const { position } = await end(ada, chat, bob);
      const [acknowledged] = await busy;
      await follower.reaches(chat.id, position);
      // Other members continue. Bob receives an event of another chat, and nothing more of this one.
      if (type === 'MemberRemoved') await send(ada, chat, 'after you');
      const sign = await group(ada, bob);
      await follower.reaches(sign.id, 1);
      const positions = follower.positions(chat.id);
      expect(follower.items.findLast(({ chatId }) => chatId === chat.id)).toMatchObject({ __typename: type, position });
      // Positions are in order. Only the ending may be delivered before events that were still being delivered.
      expect(positions.slice(0, -1)).toEqual(positions.slice(0, -1).map((_, i) => positions[0]! + i));
      expect(Math.max(...acknowledged)).toBeLessThan(position);
      follower.drop();
    }
  },
);
