import { encodeId } from '../../src/graphql/ids.ts';
import type { Bench } from '../bench.ts';
import { rowId } from '../database.ts';
import type { ServerProcess } from '../server-process.ts';
import { SubscriberSocket } from './subscriber-socket.ts';

/** Number of sockets that are opened at the same time. */
const OPENING = 64;

const QUERY = `subscription Live($chatIds: [ID!]!, $userIds: [ID!]) {
  ephemeral(chatIds: $chatIds, userIds: $userIds) {
    __typename
    ... on TypingChanged { chatId userCount users { id } }
    ... on ReadReceiptsChanged { chatId receipts { userId readPosition deliveredPosition } }
    ... on PresenceChanged { userId presence { status lastSeenAt } }
  }
}`;

interface Looking {
  /** The chat on screen. */
  chat: number;
  /** The number of subscribers, who are users from 0. */
  size: number;
  /** The number of other users on screen. */
  users: number;
}

/** Opens `ephemeral` for each user. Resolves when all of them are live. */
export async function openLookers(
  bench: Bench,
  server: ServerProcess,
  { chat, size, users }: Looking,
): Promise<{ close: () => void }> {
  const tokens = await bench.tokens(Array.from({ length: size }, (_, user) => user));
  const chatIds = [encodeId('Chat', rowId('chat', chat))];
  const sockets: SubscriberSocket[] = [];
  let next = 0;
  const openInTurn = async () => {
    for (let i; (i = next++) < size;) {
      const others = Array.from({ length: users }, (_, n) => encodeId('User', rowId('user', (i + n + 1) % size)));
      const operation = { query: QUERY, variables: { chatIds, userIds: others } };
      await new Promise<void>((resolve, reject) => {
        const opening = SubscriberSocket.open(server.port, tokens[i]!, operation, reject).then((socket) => {
          sockets.push(socket);
          // The first item is `EphemeralReady`.
          socket.onMessage = () => resolve();
        });
        opening.catch(reject);
      });
    }
  };
  await Promise.all(Array.from({ length: OPENING }, openInTurn));
  return { close: () => sockets.forEach((socket) => socket.close()) };
}
