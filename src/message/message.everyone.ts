import { randomUUID } from 'node:crypto';
import { insertAll } from '../database/columns.ts';
import { Prisma, type Message } from '../database/generated/client.ts';
import { cannotContact } from '../log/consent.ts';
import type { Caller } from '../log/idempotency.ts';
import type { OpenChat } from '../log/open-chat.ts';
import { mentionable, writeMentions } from './message.mentions.ts';
import { requireMayMentionEveryone, type NewMessage } from './message.rules.ts';

/**
 * Sends a message that mentions everyone. Whether its author may do that depends on the number of members, so it is
 * decided under the chat's lock.
 */
export async function sendToEveryone(
  { change, self, isApart }: OpenChat,
  caller: Caller,
  input: NewMessage,
): Promise<Message> {
  if (isApart) throw cannotContact();
  requireMayMentionEveryone(self.role, change.chat.memberCount);
  const id = randomUUID();
  const { position } = change.record({ type: 'MESSAGE_CREATED', actorId: caller.userId, messageId: id });
  const message: Message = {
    id,
    chatId: change.chat.id,
    position,
    revision: position,
    authorId: caller.userId,
    type: input.type,
    content: input.content ?? null,
    payload: input.payload ?? null,
    replyToId: input.replyToId ?? null,
    mentionsEveryone: true,
    createdAt: change.now,
    updatedAt: null,
    deletedAt: null,
  };
  change.write(insertAll('message', Prisma.MessageScalarFieldEnum, [message]));
  change.setChat({ lastActivityAt: change.now });
  change.wrote(message);
  const mentioned = await mentionable(change.tx, message, input.mentionedUserIds ?? []);
  if (mentioned.length > 0) writeMentions(change, message, mentioned);
  return message;
}
