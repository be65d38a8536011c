import DataLoader from 'dataloader';
import { byKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma, type Chat, type ChatMember, type PrismaClient } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { createChatPagesLoader } from '../database/page.ts';
import { isPresent, present } from '../log/membership.ts';

/** Members are in the order of their joining. */
export type MemberKey = [joinedPosition: number, userId: string];

/** The columns of the chat `c`. */
export const chatColumns = columns('c', Prisma.ChatScalarFieldEnum);

export const createChatLoader = (statement: Statement) =>
  new DataLoader<string, Chat | null>(async (ids) => {
    const chats = await statement<Chat>(Prisma.sql`SELECT ${chatColumns} FROM chat c WHERE c.id = ANY(${ids}::uuid[])`);
    return byKey(ids, chats, (chat) => chat.id);
  });

export const createChatMemberLoader = (db: PrismaClient) =>
  new DataLoader<{ chatId: string; userId: string }, ChatMember | null, string>(
    async (keys) => {
      const members = await db.chatMember.findMany({ where: { OR: [...keys], ...present } });
      return byKey(keys.map(memberKey), members, memberKey);
    },
    { cacheKeyFn: memberKey },
  );

const membersOfChat = {
  select: Prisma.sql`
    SELECT ${columns('m', Prisma.ChatMemberScalarFieldEnum)} FROM chat_member m
    WHERE m.chat_id = asked.id AND ${isPresent}`,
  key: [Prisma.sql`m.joined_position`, Prisma.sql`m.user_id`],
  values: ([position, userId]: MemberKey) => [Prisma.sql`${position}`, Prisma.sql`${userId}::uuid`],
};

/** Pages of a chat's members. */
export const createMembersLoader = (statement: Statement) =>
  createChatPagesLoader<MemberKey, ChatMember>(statement, membersOfChat);

const memberKey = ({ chatId, userId }: { chatId: string; userId: string }): string => `${chatId} ${userId}`;
