import { Prisma, type Chat, type ChatMember } from '../database/generated/client.ts';
import type { Database } from '../database/open.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';
import { ChatChange, type Transaction } from '../events/change.ts';
import { chatColumns } from './chat.loaders.ts';

/** Chats that a user may see. */
export const visibleTo = (userId: string) =>
  ({ deletedAt: null, members: { some: { userId, leftPosition: null } } }) satisfies Prisma.ChatWhereInput;

/** The same, of the chat `c` in SQL. */
const isVisibleTo = (userId: string) => Prisma.sql`
  c.deleted_at IS NULL AND EXISTS (
    SELECT FROM chat_member m WHERE m.chat_id = c.id AND m.user_id = ${userId}::uuid AND m.left_position IS NULL)`;

export type ChatGate = ReturnType<typeof createChatGate>;

/** The only way from a client's id to a chat, and to what belongs to it. */
export function createChatGate({ db, statement }: Pick<Database, 'db' | 'statement'>) {
  /** The chats among these that the user may see. */
  const visible = (userId: string, chatIds: readonly string[]): Promise<Chat[]> =>
    statement<Chat>(Prisma.sql`
      SELECT ${chatColumns} FROM chat c WHERE c.id = ANY(${chatIds}::uuid[]) AND ${isVisibleTo(userId)}`);

  return {
    visible,

    /** The chat, or why the user may not see it. */
    async enter(userId: string, chatId: string): Promise<Chat> {
      const [chat] = await visible(userId, [chatId]);
      return chat ?? refuse((await db.chat.count({ where: { id: chatId, deletedAt: null } })) > 0);
    },

    /** Locks the chat for a change, then reads who the user is in it. */
    async lock(tx: Transaction, userId: string, chatId: string): Promise<{ change: ChatChange; self: ChatMember }> {
      const change = await ChatChange.lock(tx, chatId);
      const self = await tx.chatMember.findFirst({ where: { chatId, userId, leftPosition: null } });
      return { change, self: self ?? refuse(true) };
    },
  };
}

function refuse(exists: boolean): never {
  if (exists) throw new ForbiddenError('You are not a member of this chat.');
  throw new NotFoundError('This chat does not exist, or no longer.');
}
