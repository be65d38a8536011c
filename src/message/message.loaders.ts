import DataLoader from 'dataloader';
import { byKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma, type Message } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { createChatPagesLoader } from '../database/page.ts';
import { presentMembers } from '../log/membership.ts';

const selectMessages = Prisma.sql`SELECT ${columns('m', Prisma.MessageScalarFieldEnum)} FROM message m`;

export const createMessageLoader = (statement: Statement) =>
  new DataLoader<string, Message | null>(async (ids) => {
    const messages = await statement<Message>(Prisma.sql`${selectMessages} WHERE m.id = ANY(${ids}::uuid[])`);
    return byKey(ids, messages, (message) => message.id);
  });

/** A viewer and a message. */
interface ViewerMessage {
  userId: string;
  messageId: string;
}

export const viewerMessageKey = ({ userId, messageId }: ViewerMessage): string => `${userId} ${messageId}`;

/** Loads messages that their viewers may see, in one statement. */
export const createVisibleMessageLoader = (statement: Statement) =>
  new DataLoader<ViewerMessage, Message | null, string>(
    async (keys) => {
      const [userIds, messageIds] = [keys.map(({ userId }) => userId), keys.map(({ messageId }) => messageId)];
      const rows = await statement<Message & ViewerMessage>(Prisma.sql`
        SELECT m.user_id AS "userId", x.id AS "messageId", ${columns('x', Prisma.MessageScalarFieldEnum)}
        FROM unnest(${userIds}::uuid[], ${messageIds}::uuid[]) AS w (user_id, message_id)
        JOIN message x ON x.id = w.message_id
        JOIN ${presentMembers} ON m.chat_id = x.chat_id AND m.user_id = w.user_id`);
      return byKey(keys.map(viewerMessageKey), rows, viewerMessageKey);
    },
    { cacheKeyFn: viewerMessageKey },
  );

const messagesOfChat = {
  select: Prisma.sql`${selectMessages} WHERE m.chat_id = asked.id`,
  key: [Prisma.sql`m.position`],
  values: (position: number) => [Prisma.sql`${position}`],
};

/** Loads pages of a chat's messages, in the order of their positions. */
export const createMessagesLoader = (statement: Statement) =>
  createChatPagesLoader<number, Message>(statement, messagesOfChat);

/** Loads a chat's newest message that a user has written. Lines about the group are skipped. */
export const createLastMessageLoader = (statement: Statement) =>
  new DataLoader<string, Message | null>(async (chatIds) => {
    const messages = await statement<Message>(Prisma.sql`
      SELECT newest.* FROM unnest(${chatIds}::uuid[]) AS asked (id)
      CROSS JOIN LATERAL (
        ${selectMessages} WHERE m.chat_id = asked.id AND m.type <> 'SYSTEM' ORDER BY m.position DESC LIMIT 1) AS newest`);
    return byKey(chatIds, messages, (message) => message.chatId);
  });
