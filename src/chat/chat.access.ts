import { Prisma, type Chat } from '../database/generated/client.ts';
import type { Database } from '../database/open.ts';
import { cannotContact, isApart } from '../log/consent.ts';
import { presentMembers } from '../log/membership.ts';
import { chatNotFound, notAMember } from '../log/open-chat.ts';
import { chatColumns } from './chat.loaders.ts';

export type ChatAccess = ReturnType<typeof createChatAccess>;

/** The only way from a client's id to a chat and its objects. */
export function createChatAccess({ db, statement }: Pick<Database, 'db' | 'statement'>) {
  /** The chats of this list that the user may see. */
  const filterVisible = (userId: string, chatIds: readonly string[]): Promise<Chat[]> =>
    statement<Chat>(Prisma.sql`
      SELECT ${chatColumns} FROM ${presentMembers} WHERE c.id = ANY(${chatIds}::uuid[]) AND m.user_id = ${userId}::uuid`);

  /** The chat, or why the user may not see it. */
  async function get(userId: string, chatId: string): Promise<Chat> {
    const [chat] = await filterVisible(userId, [chatId]);
    if (chat) return chat;
    throw (await db.chat.count({ where: { id: chatId, deletedAt: null } })) > 0 ? notAMember() : chatNotFound();
  }

  return {
    filterVisible,
    get,

    /** The chat, or why the user may not write there. A block raises its `rightsVersion`, so that this is asked anew. */
    async forWriting(userId: string, chatId: string): Promise<Chat> {
      const [row] = await statement<Chat & { isApart: boolean }>(Prisma.sql`
        SELECT ${chatColumns}, ${isApart(userId)} AS "isApart" FROM ${presentMembers}
        WHERE c.id = ${chatId}::uuid AND m.user_id = ${userId}::uuid`);
      if (row?.isApart) throw cannotContact();
      return row ?? get(userId, chatId);
    },
  };
}
