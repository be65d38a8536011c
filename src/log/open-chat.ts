/**
 * Opens a chat, or the chat of a message, for a mutation: it locks the chat and reads the rows that the rules need.
 * They stay valid within the transaction.
 */
import type { Transaction } from '../database/clock.ts';
import { columns, withoutPrefix } from '../database/columns.ts';
import { Prisma, type Chat, type ChatMember, type Message } from '../database/generated/client.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';
import { ChatTransaction } from './chat-transaction.ts';
import { isApart } from './consent.ts';
import { isPresent } from './membership.ts';

export const chatNotFound = (): NotFoundError => new NotFoundError('This chat does not exist, or no longer.');
export const messageNotFound = (): NotFoundError => new NotFoundError('This message does not exist, or no longer.');
export const notAMember = (): ForbiddenError => new ForbiddenError('You are not a member of this chat.');

/** A chat that a mutation has locked, and the caller's membership under the lock. */
export interface OpenChat {
  change: ChatTransaction;
  self: ChatMember;
  /** Whether the chat is direct and one of its two members has blocked the other: then nothing is written there. */
  isApart: boolean;
}

/** The chat of a message that a mutation changes, with the message under the lock. */
export interface OpenMessage<Extra> extends OpenChat {
  message: Message;
  extra: Extra;
}

/** Waits for the chat's lock, then reads the chat and the user's membership. Throws NOT_FOUND or FORBIDDEN. */
export async function openChat(tx: Transaction, userId: string, chatId: string): Promise<OpenChat> {
  await tx.$queryRaw`SELECT 1 FROM chat WHERE id = ${chatId}::uuid FOR NO KEY UPDATE`;
  const { row: _, ...open } = await read(tx, { userId, chatId });
  return open;
}

/**
 * Waits for the lock of the message's chat, then reads the chat, the user's membership and the message.
 * @param extra further columns to read in the same statement, such as ``Prisma.sql`, EXISTS (…) AS "isPresent"` ``, of
 *   the chat `c`, the caller's membership `m` and the message `x`
 */
export async function openMessage<Extra>(
  tx: Transaction,
  userId: string,
  messageId: string,
  extra: Prisma.Sql,
): Promise<OpenMessage<Extra>> {
  const [chat] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM chat WHERE id = (SELECT chat_id FROM message WHERE id = ${messageId}::uuid) FOR NO KEY UPDATE`;
  if (!chat) throw messageNotFound();
  const { row, ...open } = await read(tx, { userId, chatId: chat.id, messageId, extra });
  return { ...open, message: withoutPrefix<Message>(row, Prisma.MessageScalarFieldEnum, 'x.'), extra: row as Extra };
}

interface Wanted {
  userId: string;
  chatId: string;
  messageId?: string;
  extra?: Prisma.Sql;
}

/** This must not join the statement that locks: that one would read the other rows as they were before the wait. */
async function read(tx: Transaction, { userId, chatId, messageId, extra = Prisma.empty }: Wanted) {
  const message = messageId === undefined ? Prisma.empty : Prisma.sql`JOIN message x ON x.id = ${messageId}::uuid`;
  const ofMessage = Prisma.sql`, ${columns('x', Prisma.MessageScalarFieldEnum, 'x.')}`;
  const [row] = await tx.$queryRaw<Record<string, unknown>[]>`
    SELECT clock_timestamp()::timestamptz(3) AS now, ${columns('c', Prisma.ChatScalarFieldEnum, 'c.')},
           ${isApart(userId)} AS "isApart", ${columns('m', Prisma.ChatMemberScalarFieldEnum, 'm.')} ${messageId === undefined ? Prisma.empty : ofMessage} ${extra}
    FROM chat c ${message}
    LEFT JOIN chat_member m ON m.chat_id = c.id AND m.user_id = ${userId}::uuid AND ${isPresent}
    WHERE c.id = ${chatId}::uuid`;
  const chat = row && withoutPrefix<Chat>(row, Prisma.ChatScalarFieldEnum, 'c.');
  if (!chat || chat.deletedAt) throw chatNotFound();
  const self = withoutPrefix<ChatMember>(row, Prisma.ChatMemberScalarFieldEnum, 'm.');
  if (self.userId === null) throw notAMember();
  return { change: new ChatTransaction(tx, chat, row.now as Date), self, isApart: row.isApart as boolean, row };
}
