import DataLoader from 'dataloader';
import { byKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma, type Message } from '../database/generated/client.ts';
import type { Statement } from '../database/open.ts';
import { createChatPagesLoader } from '../database/page.ts';

const selectMessages = Prisma.sql`SELECT ${columns('m', Prisma.MessageScalarFieldEnum)} FROM message m`;

export const createMessageLoader = (statement: Statement) =>
  new DataLoader<string, Message | null>(async (ids) => {
    const messages = await statement<Message>(Prisma.sql`${selectMessages} WHERE m.id = ANY(${ids}::uuid[])`);
    return byKey(ids, messages, (message) => message.id);
  });

const messagesOfChat = {
  select: Prisma.sql`${selectMessages} WHERE m.chat_id = asked.id`,
  key: [Prisma.sql`m.position`],
  values: (position: number) => [Prisma.sql`${position}`],
};

/** Pages of a chat's messages, in the order of their positions. */
export const createMessagesLoader = (statement: Statement) =>
  createChatPagesLoader<number, Message>(statement, messagesOfChat);
