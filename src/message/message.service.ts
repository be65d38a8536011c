import { isDeepStrictEqual } from 'node:util';
import type { ChatAccess } from '../chat/chat.access.ts';
import { Prisma, type Message, type PrismaClient } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { ForbiddenError, InvalidInputError, NotFoundError } from '../errors.ts';
import { cannotContact } from '../log/consent.ts';
import type { Caller, ResultRef } from '../log/idempotency.ts';
import type { MutationRunner, Outcome } from '../log/mutation-runner.ts';
import { visibleTo } from '../log/membership.ts';
import { messageNotFound, type OpenChat } from '../log/open-chat.ts';
import { parse } from '../validation.ts';
import { required } from '../required.ts';
import {
  canDeleteMessage,
  canEditMessage,
  editMessageInput,
  requireMayMentionEveryone,
  requireNoGroupLine,
  requireValidMessage,
  sendMessageInput,
  type NewMessage,
} from './message.rules.ts';
import { sendToEveryone } from './message.everyone.ts';
import { createMessageGroupCommit } from './message.group-commit.ts';
import { mentionable, writeMentions } from './message.mentions.ts';
import { reviseMessage } from './message.revision.ts';

/** An absent field is unchanged, null clears it. */
export interface MessageEdit {
  messageId: string;
  content?: string | null | undefined;
  payload?: unknown;
  mentionedUserIds?: readonly string[] | null | undefined;
  mentionsEveryone?: boolean | null | undefined;
}

/** The ids of the users whom a message mentions, in order. */
const MENTIONED = Prisma.sql`,
  ARRAY(SELECT d.user_id FROM mention d WHERE d.message_id = x.id ORDER BY d.user_id)::text[] AS mentioned`;

export type MessageService = ReturnType<typeof createMessageService>;

export function createMessageService(deps: {
  db: PrismaClient;
  statement: Statement;
  mutations: MutationRunner;
  access: ChatAccess;
}) {
  const { db, mutations, access } = deps;
  const insert = createMessageGroupCommit(deps);

  /** The message. Throws NOT_FOUND or FORBIDDEN if the user may not see its chat. */
  async function get(userId: string, messageId: string): Promise<Message> {
    const message = await db.message.findUnique({ where: { id: messageId } });
    if (!message) throw messageNotFound();
    await access.get(userId, message.chatId);
    return message;
  }

  const replay = (caller: Caller) => (made: ResultRef) => get(caller.userId, required(made.messageId));

  return {
    get,

    /** The messages of this list that the user may see. */
    visible: (userId: string, messageIds: readonly string[]): Promise<Message[]> =>
      db.message.findMany({ where: { id: { in: [...messageIds] }, chat: visibleTo(userId) } }),

    async send(caller: Caller, input: NewMessage): Promise<Outcome<Message>> {
      requireValidMessage(input.type, input);
      const stored = { ...input, ...parse(sendMessageInput, input) };
      if (input.replyToId != null) {
        const replied = await db.message.findUnique({
          where: { id: input.replyToId },
          select: { chatId: true, type: true },
        });
        if (replied?.chatId !== input.chatId) {
          throw new NotFoundError('replyToId: no message of this chat has this id.');
        }
        if (replied.type === 'SYSTEM') {
          throw new InvalidInputError('replyToId', 'names a line about the group, to which nobody replies');
        }
      }
      if (stored.mentionsEveryone) {
        const work = (open: OpenChat) => sendToEveryone(open, caller, stored);
        return mutations.inChat(caller, stored.chatId, work, replay(caller), ({ id }) => ({ messageId: id }));
      }
      return mutations.withIdempotency(caller, () => insert(caller, stored), replay(caller));
    },

    async edit(caller: Caller, { messageId, ...input }: MessageEdit): Promise<Outcome<Message>> {
      const edit = parse(editMessageInput, input);
      return mutations.inMessage<Message, { mentioned: string[] }>(
        caller,
        messageId,
        async ({ change, self, message, isApart, extra: { mentioned: before } }) => {
          if (isApart) throw cannotContact();
          if (message.deletedAt) throw new NotFoundError('This message is deleted.');
          requireNoGroupLine(message);
          if (!canEditMessage(caller.userId, message)) throw new ForbiddenError('Only its author edits a message.');
          const edited = {
            content: edit.content === undefined ? message.content : edit.content,
            payload: edit.payload === undefined ? message.payload : (edit.payload as Message['payload']),
            mentionsEveryone:
              input.mentionsEveryone === undefined ? message.mentionsEveryone : (input.mentionsEveryone ?? false),
          };
          requireValidMessage(message.type, edited);
          const { content, payload, mentionsEveryone } = message;
          if (edited.mentionsEveryone && !mentionsEveryone)
            requireMayMentionEveryone(self.role, change.chat.memberCount);
          const mentioned =
            input.mentionedUserIds === undefined
              ? before
              : await mentionable(change.tx, message, input.mentionedUserIds ?? []);
          const isSame = isDeepStrictEqual(mentioned, before);
          if (isSame && isDeepStrictEqual(edited, { content, payload, mentionsEveryone })) return message;
          if (!isSame) writeMentions(change, message, mentioned);
          const { position } = change.record({ type: 'MESSAGE_EDITED', actorId: caller.userId, messageId });
          return reviseMessage(change, message, { ...edited, revision: position, updatedAt: change.now });
        },
        replay(caller),
        MENTIONED,
      );
    },

    /** Deletes the content and the reactions; the message stays as a deleted one. */
    async delete(caller: Caller, messageId: string): Promise<Outcome<Message>> {
      return mutations.inMessage(
        caller,
        messageId,
        async ({ change, self, message }) => {
          requireNoGroupLine(message);
          if (!canDeleteMessage(caller.userId, self.role, message)) {
            throw new ForbiddenError('Only its author, the owner and admins delete a message.');
          }
          if (message.deletedAt) return message;
          const { position } = change.record({ type: 'MESSAGE_DELETED', actorId: caller.userId, messageId });
          change.write(Prisma.sql`DELETE FROM reaction WHERE message_id = ${messageId}::uuid`);
          change.write(Prisma.sql`DELETE FROM reaction_count WHERE message_id = ${messageId}::uuid`);
          change.write(Prisma.sql`DELETE FROM mention WHERE message_id = ${messageId}::uuid`);
          const deleted = { content: null, payload: null, mentionsEveryone: false, deletedAt: change.now };
          return reviseMessage(change, message, { ...deleted, revision: position }, { mentioned: [] });
        },
        replay(caller),
      );
    },
  };
}
