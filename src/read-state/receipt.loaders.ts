import DataLoader from 'dataloader';
import { Prisma } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { groupBy } from '../group-by.ts';
import { limits } from '../limits.ts';
import { presentMembers } from '../log/membership.ts';
import { messageStatus, type MessagePlace, type MessageStatus, type Receipt } from './receipt.rules.ts';

/** Whether the deployment has receipts switched on. */
export interface ReceiptSource {
  statement: Statement;
  hasReceipts: boolean;
}

/**
 * Reads the receipts of all present members of each chat, in the order of their joining. Chats with too many members
 * are absent.
 */
async function readReceipts(
  { statement, hasReceipts }: ReceiptSource,
  chatIds: readonly string[],
): Promise<Map<string, Receipt[]>> {
  if (!hasReceipts) return new Map();
  const rows = await statement<Receipt>(Prisma.sql`
    SELECT m.chat_id AS "chatId", m.user_id AS "userId", m.joined_position AS "joinedPosition",
           coalesce(s.receipt_position, 0) AS "readPosition",
           GREATEST(s.receipt_position, s.delivered_position, 0) AS "deliveredPosition"
    FROM ${presentMembers} LEFT JOIN viewer_chat_state s ON s.user_id = m.user_id AND s.chat_id = m.chat_id
    WHERE c.id = ANY(${chatIds}::uuid[]) AND c.member_count <= ${limits.receiptMembers}
    ORDER BY m.joined_position, m.user_id`);
  return groupBy(rows, ({ chatId }) => chatId);
}

export const createReceiptsLoader = (source: ReceiptSource) =>
  new DataLoader<string, Receipt[]>(async (chatIds) => {
    const receipts = await readReceipts(source, chatIds);
    return chatIds.map((chatId) => receipts.get(chatId) ?? []);
  });

/** Loads the status of messages. The receipts of a chat are read once for all of its messages. */
export const createMessageStatusLoader = (source: ReceiptSource) =>
  new DataLoader<MessagePlace, MessageStatus, string>(
    async (messages) => {
      const receipts = await readReceipts(source, [...new Set(messages.map(({ chatId }) => chatId))]);
      return messages.map((message) => messageStatus(message, receipts.get(message.chatId) ?? null));
    },
    { cacheKeyFn: ({ id }) => id },
  );
