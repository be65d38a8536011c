import { encodeId } from '../src/graphql/ids.ts';
import { rowId } from './database.ts';
import type { LiveOperation } from './load/subscriber-socket.ts';
import type { WrittenMessage } from './load/publisher.ts';

/** The fields of a message that a client shows. */
const message = `id chatId type content createdAt position revision isDeleted replyToId
  author { id username displayName } reactions { id emoji user { id } }`;

const author = (userId: string) => ({ id: encodeId('User', userId), username: 'user_0', displayName: 'User 0' });

/** The value of the selection above in a GraphQL result. */
const shown = ({ id, chatId, authorId, content, position, at }: WrittenMessage) => ({
  id: encodeId('Message', id),
  chatId: encodeId('Chat', chatId),
  type: 'TEXT',
  content,
  createdAt: at.toISOString(),
  position,
  revision: position,
  isDeleted: false,
  replyToId: null,
  author: author(authorId),
  reactions: [],
});

/** A subscription that the bench measures. */
export interface MeasuredOperation {
  field: 'messageCreated' | 'events';
  /** The operation of the nth subscriber. */
  of(subscriber: number, chatId: string, head: number): LiveOperation;
  /** The data of the result for a new message. */
  data(message: WrittenMessage): Record<string, unknown>;
}

export const messageCreated: MeasuredOperation = {
  field: 'messageCreated',
  of: (_, chatId) => ({
    query: `subscription Live($chatId: ID!) { messageCreated(chatId: $chatId) { ${message} } }`,
    variables: { chatId: encodeId('Chat', chatId) },
  }),
  data: (written) => ({ messageCreated: shown(written) }),
};

/**
 * Every client has other positions: it is behind by 0–3 events, and names a removed chat with a position of its own.
 */
export const events: MeasuredOperation = {
  field: 'events',
  of: (subscriber, chatId, head) => ({
    query: `subscription Live($since: [ChatPositionInput!]) { events(since: $since) {
      __typename occurredAt
      ... on Event { chatId position }
      ... on ChatGone { chatId }
      ... on MessageCreated { message { ${message} } }
    } }`,
    variables: {
      since: [
        { chatId: encodeId('Chat', chatId), position: head - (subscriber % 4) },
        { chatId: encodeId('Chat', rowId('chat', 999_999)), position: subscriber },
      ],
    },
  }),
  data: (written) => ({
    events: {
      __typename: 'MessageCreated',
      occurredAt: written.at.toISOString(),
      chatId: encodeId('Chat', written.chatId),
      position: written.position,
      message: shown(written),
    },
  }),
};
