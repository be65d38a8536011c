import type { TestUser } from './app.ts';
import type { TestStream } from './stream.ts';
import { until } from './until.ts';

const EPHEMERAL = `subscription ($chatIds: [ID!]!, $userIds: [ID!], $isActive: Boolean) {
  ephemeral(chatIds: $chatIds, userIds: $userIds, isActive: $isActive) {
    __typename
    ... on PresenceChanged { userId presence { userId status lastSeenAt } }
    ... on TypingChanged { chatId }
  }
}`;

interface OnScreen {
  chats?: { id: string }[];
  users?: TestUser[];
  isActive?: boolean;
}

/** Opens `ephemeral`, and waits until it is live: from then on the user is online. */
export async function look(
  user: TestUser,
  { chats = [], users = [], isActive = true }: OnScreen = {},
): Promise<TestStream> {
  const stream = user.subscribe(EPHEMERAL, {
    chatIds: chats.map(({ id }) => id),
    userIds: users.map(({ id }) => id),
    isActive,
  });
  await stream.item(({ __typename }) => __typename === 'EphemeralReady');
  return stream;
}

export interface Presence {
  userId: string;
  status: string;
  lastSeenAt: string | null;
}

/** What the viewer is answered who asks for a user's presence. */
export async function presence(by: TestUser, of: TestUser): Promise<Presence> {
  const user = await by.ask<{ presence: Presence }>(
    'query ($id: ID!) { node(id: $id) { ... on User { presence { userId status lastSeenAt } } } }',
    { id: of.id },
  );
  return user.presence;
}

/** What the stream has told of the user, in order. */
export const told = ({ items }: TestStream, { id }: { id: string }): Presence[] =>
  items
    .filter(({ __typename, userId }) => __typename === 'PresenceChanged' && userId === id)
    .map((item) => item.presence as Presence);

/** Waits until the stream has told this of the user last. */
export const tells = (stream: TestStream, user: TestUser, status: string) =>
  until(
    () => told(stream, user).at(-1)?.status === status,
    () => `${status} in ${JSON.stringify(stream.items)}`,
  );
