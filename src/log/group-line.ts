import { randomUUID } from 'node:crypto';
import { insertAll } from '../database/columns.ts';
import { Prisma, type ChatRole, type Message } from '../database/generated/client.ts';
import type { ChatTransaction } from './chat-transaction.ts';

/** Maximum number of user ids in a line; `userCount` holds how many there are. */
const NAMED = 20;

/** What happened to a group. The author of the line is the user who did it. */
interface GroupLine {
  event: 'created' | 'members_added' | 'member_removed' | 'member_left' | 'renamed' | 'role_changed' | 'owner_changed';
  /** The users that it concerns. */
  userIds?: readonly string[];
  title?: string | null;
  role?: ChatRole;
}

/**
 * Writes one SYSTEM message for a change of a group. It is the last event of the change, so that those who were added
 * receive it, and those who were removed do not.
 */
export function addGroupLine(
  change: ChatTransaction,
  authorId: string,
  { event, userIds = [], title, role }: GroupLine,
): void {
  const id = randomUUID();
  const { position } = change.record({ type: 'MESSAGE_CREATED', actorId: authorId, messageId: id });
  const message: Message = {
    id,
    chatId: change.chat.id,
    position,
    revision: position,
    authorId,
    type: 'SYSTEM',
    content: null,
    payload: {
      event,
      userIds: userIds.slice(0, NAMED),
      userCount: userIds.length,
      ...(title != null && { title }),
      ...(role && { role }),
    },
    replyToId: null,
    mentionsEveryone: false,
    createdAt: change.now,
    updatedAt: null,
    deletedAt: null,
  };
  change.write(insertAll('message', Prisma.MessageScalarFieldEnum, [message]));
  change.wrote(message, { mentioned: [] });
}
