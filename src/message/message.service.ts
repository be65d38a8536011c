import { isDeepStrictEqual } from 'node:util';
import { visibleTo, type ChatGate } from '../chat/chat.gate.ts';
import { Prisma, type Message, type MessageType, type PrismaClient } from '../database/generated/client.ts';
import type { Statement } from '../database/open.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';
import type { Caller, Made } from '../events/idempotency.ts';
import type { Writer } from '../events/writer.ts';
import { parse } from '../validation.ts';
import {
  canDeleteMessage,
  canEditMessage,
  editMessageInput,
  requireValidMessage,
  sendMessageInput,
} from './message.rules.ts';
import { createMessageInsert } from './message.insert.ts';

export interface NewMessage {
  chatId: string;
  type: MessageType;
  content?: string | null | undefined;
  payload?: unknown;
  replyToId?: string | null | undefined;
}

/** Absent is unchanged, null is cleared. */
export interface MessageEdit {
  messageId: string;
  content?: string | null | undefined;
  payload?: unknown;
}

export type MessageService = ReturnType<typeof createMessageService>;

export function createMessageService(deps: { db: PrismaClient; statement: Statement; writer: Writer; gate: ChatGate }) {
  const { db, writer, gate } = deps;
  const insert = createMessageInsert(deps);

  /** A message whose chat the user may see, or why not. */
  async function get(userId: string, messageId: string): Promise<Message> {
    const message = await db.message.findUnique({ where: { id: messageId } });
    if (!message) throw new NotFoundError('This message does not exist, or no longer.');
    await gate.enter(userId, message.chatId);
    return message;
  }

  /** The gate of every change of a message: locks its chat, then reads it. */
  async function lock(tx: Prisma.TransactionClient, userId: string, messageId: string) {
    const found = await tx.message.findUnique({ where: { id: messageId }, select: { chatId: true } });
    if (!found) throw new NotFoundError('This message does not exist, or no longer.');
    const { change, self } = await gate.lock(tx, userId, found.chatId);
    const message = await tx.message.findUniqueOrThrow({ where: { id: messageId } });
    return { change, self, message };
  }

  const replay = (caller: Caller) => (made: Made) => get(caller.userId, made.messageId!);

  return {
    get,
    lock,

    /** The messages among these that the user may see. */
    visible: (userId: string, messageIds: readonly string[]): Promise<Message[]> =>
      db.message.findMany({ where: { id: { in: [...messageIds] }, chat: visibleTo(userId) } }),

    async send(caller: Caller, input: NewMessage): Promise<Message> {
      requireValidMessage(input.type, input);
      parse(sendMessageInput, input);
      if (input.replyToId != null) {
        const replied = await db.message.findUnique({ where: { id: input.replyToId }, select: { chatId: true } });
        if (replied?.chatId !== input.chatId) {
          throw new NotFoundError('replyToId: no message of this chat has this id.');
        }
      }
      return writer.once(caller, () => insert(caller, input), replay(caller));
    },

    async edit(caller: Caller, { messageId, ...edit }: MessageEdit): Promise<Message> {
      parse(editMessageInput, edit);
      return writer.perform(
        caller,
        async (tx) => {
          const { change, message } = await lock(tx, caller.userId, messageId);
          const made = { chatId: message.chatId, messageId };
          if (message.deletedAt) throw new NotFoundError('This message is deleted.');
          if (!canEditMessage(caller.userId, message)) throw new ForbiddenError('Only its author edits a message.');
          const edited = {
            content: edit.content === undefined ? message.content : edit.content,
            payload: edit.payload === undefined ? message.payload : edit.payload,
          };
          requireValidMessage(message.type, edited);
          if (isDeepStrictEqual(edited, { content: message.content, payload: message.payload })) {
            return { change, made, answer: message };
          }
          const { position } = change.record({ type: 'MESSAGE_EDITED', actorId: caller.userId, messageId });
          const answer = await tx.message.update({
            where: { id: messageId },
            data: {
              content: edited.content,
              payload: edited.payload ?? Prisma.DbNull,
              revision: position,
              updatedAt: change.now,
            },
          });
          change.wrote(answer);
          return { change, made, answer };
        },
        replay(caller),
      );
    },

    /** Deletes what it says and its reactions; the message stays as a deleted one. */
    async delete(caller: Caller, messageId: string): Promise<Message> {
      return writer.perform(
        caller,
        async (tx) => {
          const { change, self, message } = await lock(tx, caller.userId, messageId);
          const made = { chatId: message.chatId, messageId };
          if (!canDeleteMessage(caller.userId, self.role, message)) {
            throw new ForbiddenError('Only its author, the owner and admins delete a message.');
          }
          if (message.deletedAt) return { change, made, answer: message };
          const { position } = change.record({ type: 'MESSAGE_DELETED', actorId: caller.userId, messageId });
          await tx.reaction.deleteMany({ where: { messageId } });
          const answer = await tx.message.update({
            where: { id: messageId },
            data: { content: null, payload: Prisma.DbNull, revision: position, deletedAt: change.now },
          });
          change.wrote(answer);
          return { change, made, answer };
        },
        replay(caller),
      );
    },
  };
}
