import { randomUUID } from 'node:crypto';
import { visibleTo } from '../chat/chat.gate.ts';
import type { Message, PrismaClient, Reaction } from '../database/generated/client.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import type { Caller, Made } from '../events/idempotency.ts';
import type { ChatChange, EventDraft } from '../events/change.ts';
import type { Writer } from '../events/writer.ts';
import { limits } from '../limits.ts';
import type { MessageService } from '../message/message.service.ts';
import { normaliseEmoji } from './reaction.rules.ts';

export interface ReactionTo {
  messageId: string;
  emoji: string;
}

export type ReactionService = ReturnType<typeof createReactionService>;

export function createReactionService(deps: { db: PrismaClient; writer: Writer; messages: MessageService }) {
  const { db, writer, messages } = deps;

  const replay = (caller: Caller) => (made: Made) => messages.get(caller.userId, made.messageId!);

  /** Records the event, and raises the message's revision to it. */
  async function revise(change: ChatChange, draft: EventDraft & { messageId: string }): Promise<Message> {
    const { position } = change.record(draft);
    return change.tx.message.update({ where: { id: draft.messageId }, data: { revision: position } });
  }

  return {
    /** The reactions among these that the user may see. */
    visible: (userId: string, reactionIds: readonly string[]): Promise<Reaction[]> =>
      db.reaction.findMany({ where: { id: { in: [...reactionIds] }, message: { chat: visibleTo(userId) } } }),

    /** Adding twice is no error, and no event. */
    async add(caller: Caller, { messageId, emoji }: ReactionTo): Promise<Message> {
      const normalised = normaliseEmoji(emoji);
      return writer.perform(
        caller,
        async (tx) => {
          const { change, message } = await messages.lock(tx, caller.userId, messageId);
          const made = { chatId: message.chatId, messageId };
          if (message.deletedAt) throw new NotFoundError('This message is deleted.');
          const used = await tx.reaction.findMany({
            where: { messageId },
            distinct: ['emoji'],
            select: { emoji: true },
          });
          const reaction = { messageId, userId: caller.userId, emoji: normalised };
          const present = await tx.reaction.findUnique({ where: { messageId_userId_emoji: reaction } });
          if (present) return { change, made, answer: message };
          if (used.length >= limits.reactionsPerMessage && !used.some((other) => other.emoji === normalised)) {
            throw new InvalidInputError('emoji', `a message has at most ${limits.reactionsPerMessage} different ones`);
          }
          const id = randomUUID();
          const answer = await revise(change, {
            type: 'REACTION_ADDED',
            actorId: caller.userId,
            messageId,
            reactionId: id,
            emoji: normalised,
          });
          await tx.reaction.create({ data: { ...reaction, id, position: answer.revision, createdAt: change.now } });
          return { change, made, answer };
        },
        replay(caller),
      );
    },

    /** Removing twice is no error, and no event. */
    async remove(caller: Caller, { messageId, emoji }: ReactionTo): Promise<Message> {
      const normalised = normaliseEmoji(emoji);
      return writer.perform(
        caller,
        async (tx) => {
          const { change, message } = await messages.lock(tx, caller.userId, messageId);
          const made = { chatId: message.chatId, messageId };
          const { count } = await tx.reaction.deleteMany({
            where: { messageId, userId: caller.userId, emoji: normalised },
          });
          if (count === 0) return { change, made, answer: message };
          const draft = { type: 'REACTION_REMOVED', actorId: caller.userId, messageId, emoji: normalised } as const;
          return { change, made, answer: await revise(change, draft) };
        },
        replay(caller),
      );
    },
  };
}
