import { randomUUID } from 'node:crypto';
import { insertAll } from '../database/columns.ts';
import { Prisma, type Message, type PrismaClient, type Reaction } from '../database/generated/client.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import { limits } from '../limits.ts';
import { cannotContact } from '../log/consent.ts';
import type { Caller, ResultRef } from '../log/idempotency.ts';
import { visibleTo } from '../log/membership.ts';
import type { MutationRunner, Outcome } from '../log/mutation-runner.ts';
import { requireNoGroupLine } from '../message/message.rules.ts';
import { reviseMessage } from '../message/message.revision.ts';
import type { MessageService } from '../message/message.service.ts';
import { required } from '../required.ts';
import { normaliseEmoji } from './reaction.rules.ts';

export interface ReactionTo {
  messageId: string;
  emoji: string;
}

export function createReactionService(deps: {
  db: PrismaClient;
  mutations: MutationRunner;
  messages: Pick<MessageService, 'get'>;
}) {
  const { db, mutations, messages } = deps;

  const replay = (caller: Caller) => (made: ResultRef) => messages.get(caller.userId, required(made.messageId));

  /** Whether the caller reacted with this emoji. It is read with the message `x`, under the chat's lock. */
  const isPresent = (caller: Caller, emoji: string) => Prisma.sql`, EXISTS (
    SELECT FROM reaction r WHERE r.message_id = x.id AND r.user_id = ${caller.userId}::uuid AND r.emoji = ${emoji}) AS "isPresent"`;

  return {
    /** The reactions among these that the user may see. */
    visible: (userId: string, reactionIds: readonly string[]): Promise<Reaction[]> =>
      db.reaction.findMany({ where: { id: { in: [...reactionIds] }, message: { chat: visibleTo(userId) } } }),

    /** Adding a reaction that exists is not an error and records no event. */
    async add(caller: Caller, { messageId, emoji }: ReactionTo): Promise<Outcome<Message>> {
      const normalised = normaliseEmoji(emoji);
      return mutations.inMessage<Message, { isPresent: boolean; others: number }>(
        caller,
        messageId,
        async ({ change, message, extra, isApart }) => {
          if (isApart) throw cannotContact();
          requireNoGroupLine(message);
          if (message.deletedAt) throw new NotFoundError('This message is deleted.');
          if (extra.isPresent) return message;
          if (extra.others >= limits.reactionsPerMessage) {
            throw new InvalidInputError('emoji', `a message has at most ${limits.reactionsPerMessage} different ones`);
          }
          const reaction = { id: randomUUID(), messageId, userId: caller.userId, emoji: normalised };
          const { position } = change.record({
            type: 'REACTION_ADDED',
            actorId: caller.userId,
            messageId,
            reactionId: reaction.id,
            emoji: normalised,
          });
          const row = { ...reaction, position, createdAt: change.now };
          change.write(insertAll('reaction', Prisma.ReactionScalarFieldEnum, [row]));
          change.write(Prisma.sql`
            INSERT INTO reaction_count (message_id, emoji, count, position)
            VALUES (${messageId}::uuid, ${normalised}, 1, ${position}::int)
            ON CONFLICT (message_id, emoji) DO UPDATE SET count = reaction_count.count + 1`);
          return reviseMessage(change, message, { revision: position });
        },
        replay(caller),
        Prisma.sql`${isPresent(caller, normalised)}, (
          SELECT count(*)::int FROM reaction_count k WHERE k.message_id = x.id AND k.emoji <> ${normalised}) AS others`,
      );
    },

    /** Removing a reaction that does not exist is not an error and records no event. */
    async remove(caller: Caller, { messageId, emoji }: ReactionTo): Promise<Outcome<Message>> {
      const normalised = normaliseEmoji(emoji);
      return mutations.inMessage<Message, { isPresent: boolean }>(
        caller,
        messageId,
        async ({ change, message, extra }) => {
          if (!extra.isPresent) return message;
          change.write(Prisma.sql`
            DELETE FROM reaction
            WHERE message_id = ${messageId}::uuid AND user_id = ${caller.userId}::uuid AND emoji = ${normalised}`);
          // Only one of the two conditions finds the row.
          const ofEmoji = Prisma.sql`message_id = ${messageId}::uuid AND emoji = ${normalised}`;
          change.write(Prisma.sql`UPDATE reaction_count SET count = count - 1 WHERE ${ofEmoji} AND count > 1`);
          change.write(Prisma.sql`DELETE FROM reaction_count WHERE ${ofEmoji} AND count = 1`);
          const draft = { type: 'REACTION_REMOVED', actorId: caller.userId, messageId, emoji: normalised } as const;
          return reviseMessage(change, message, { revision: change.record(draft).position });
        },
        replay(caller),
        isPresent(caller, normalised),
      );
    },
  };
}
