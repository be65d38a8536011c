/** Opens a user's viewer state of one of their chats for a change. The result is valid within the transaction. */
import { columns, withoutPrefix } from '../database/columns.ts';
import { Prisma, type Chat, type ViewerChatState } from '../database/generated/client.ts';
import type { ViewerTransaction } from '../viewer-state/viewer-transaction.ts';
import { isPresent } from './membership.ts';
import { chatNotFound, notAMember } from './open-chat.ts';

interface OpenViewerChat {
  chat: Pick<Chat, 'position' | 'lastActivityAt'>;
  /** The position at which the membership began. */
  joinedPosition: number;
  /** The row; null if the user has never changed anything in it. */
  state: ViewerChatState | null;
  /** The time by the database's clock. */
  now: Date;
}

/** Reads the user's row of one of their chats, under the lock of the user's version. The chat itself is not locked. */
export async function openViewerChat({ tx, userId }: ViewerTransaction, chatId: string): Promise<OpenViewerChat> {
  const [row] = await tx.$queryRaw<Record<string, unknown>[]>`
    SELECT clock_timestamp()::timestamptz(3) AS now, m.joined_position AS "joinedPosition", c.position,
           c.last_activity_at AS "lastActivityAt", ${columns('s', Prisma.ViewerChatStateScalarFieldEnum, 's.')}
    FROM chat c
    LEFT JOIN chat_member m ON m.chat_id = c.id AND m.user_id = ${userId}::uuid AND ${isPresent}
    LEFT JOIN viewer_chat_state s ON s.chat_id = c.id AND s.user_id = m.user_id
    WHERE c.id = ${chatId}::uuid AND c.deleted_at IS NULL`;
  if (!row) throw chatNotFound();
  if (row.joinedPosition === null) throw notAMember();
  const { now, joinedPosition, position, lastActivityAt } = row as unknown as OpenViewerChat & OpenViewerChat['chat'];
  const state = withoutPrefix<ViewerChatState>(row, Prisma.ViewerChatStateScalarFieldEnum, 's.');
  return { chat: { position, lastActivityAt }, joinedPosition, state: row['s.userId'] === null ? null : state, now };
}
