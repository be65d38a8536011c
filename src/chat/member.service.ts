import { insertAll } from '../database/columns.ts';
import { Prisma, type Chat, type ChatMember, type ChatRole } from '../database/generated/client.ts';
import { ForbiddenError, InvalidInputError, NotFoundError } from '../errors.ts';
import type { LogEvent } from '../events/catalogue.ts';
import type { Caller } from '../events/idempotency.ts';
import type { ChatChange } from '../events/change.ts';
import type { LogReader } from '../events/log.ts';
import type { Writer } from '../events/writer.ts';
import { limits } from '../limits.ts';
import { people } from '../user/user.rules.ts';
import type { ChatGate } from './chat.gate.ts';
import { canAddMembers, canRemoveMember, canSetRole, nextOwner, requireGroup } from './chat.rules.ts';

export type MemberService = ReturnType<typeof createMemberService>;

export function createMemberService({ log, writer, gate }: { log: LogReader; writer: Writer; gate: ChatGate }) {
  /** Who leaves hands the chat over, if it is theirs; the last one to leave deletes it. */
  async function leave(change: ChatChange, leaver: ChatMember, actorId: string): Promise<LogEvent> {
    const { tx, chat } = change;
    const of = (userId: string) => ({ chatId_userId: { chatId: chat.id, userId } });
    const owned = leaver.role === 'OWNER';
    const others = owned
      ? await tx.chatMember.findMany({ where: { chatId: chat.id, leftPosition: null, userId: { not: leaver.userId } } })
      : [];
    const heir = nextOwner(others);
    if (heir) {
      change.record({ type: 'CHAT_UPDATED', actorId });
      await tx.chatMember.update({ where: of(heir.userId), data: { role: 'OWNER' } });
    }
    const removed = change.record({ type: 'MEMBER_REMOVED', actorId, userId: leaver.userId });
    await tx.chatMember.update({ where: of(leaver.userId), data: { leftPosition: removed.position } });
    if (owned && !heir) {
      change.record({ type: 'CHAT_DELETED', actorId });
      await tx.chat.update({ where: { id: chat.id }, data: { deletedAt: change.now } });
    }
    return removed;
  }

  const tooMany = () => new InvalidInputError('userIds', `a chat has at most ${limits.chatMembers} members`);

  return {
    /** Those who are members already stay as they are. */
    async add(caller: Caller, { chatId, userIds }: { chatId: string; userIds: string[] }): Promise<Chat> {
      const asked = [...new Set(userIds)];
      if (asked.length > limits.chatMembers) throw tooMany();
      return writer.perform(
        caller,
        async (tx) => {
          const { change, self } = await gate.lock(tx, caller.userId, chatId);
          requireGroup(change.chat.kind);
          if (!canAddMembers(self.role)) throw new ForbiddenError('Only the owner and admins add members.');
          const known = await tx.user.count({ where: { id: { in: asked }, ...people } });
          if (known < asked.length) throw new NotFoundError('userIds: one of these users does not exist.');
          const rows = await tx.chatMember.findMany({ where: { chatId, userId: { in: asked } } });
          const present = new Set(rows.filter((row) => row.leftPosition === null).map((row) => row.userId));
          const added = asked.filter((userId) => !present.has(userId));
          const count = await tx.chatMember.count({ where: { chatId, leftPosition: null } });
          if (count + added.length > limits.chatMembers) throw tooMany();
          await tx.chatMember.deleteMany({ where: { chatId, userId: { in: added } } });
          const members = added.map((userId) => {
            const event = change.record({ type: 'MEMBER_ADDED', actorId: caller.userId, userId, role: 'MEMBER' });
            change.joins(userId, event);
            return { chatId, userId, role: 'MEMBER', joinedAt: change.now, joinedPosition: event.position };
          });
          await tx.$executeRaw(insertAll('chat_member', Prisma.ChatMemberScalarFieldEnum, members));
          return { change, made: { chatId }, answer: change.updated() };
        },
        () => gate.enter(caller.userId, chatId),
      );
    },

    /** Removing oneself is leaving. Answers with the event that ended the membership, an earlier one if it is over. */
    async remove(caller: Caller, { chatId, userId }: { chatId: string; userId: string }): Promise<LogEvent> {
      return writer.perform(
        caller,
        async (tx) => {
          const { change, self } = await gate.lock(tx, caller.userId, chatId);
          requireGroup(change.chat.kind);
          const target = await tx.chatMember.findUnique({ where: { chatId_userId: { chatId, userId } } });
          if (!target) throw new NotFoundError('userId: this user is not a member of the chat.');
          const leaves = userId === caller.userId;
          if (!leaves && !canRemoveMember(self.role, target.role)) {
            throw new ForbiddenError('The owner removes anyone, admins remove members.');
          }
          if (target.leftPosition !== null) {
            const position = target.leftPosition;
            return { change, made: { chatId, position }, answer: await log.ending({ chatId, position }, tx) };
          }
          const removed = await leave(change, target, caller.userId);
          return { change, made: { chatId, position: removed.position }, answer: removed };
        },
        (made) => log.ending(made),
      );
    },

    /** Giving OWNER hands the chat over: the giver stays as an admin. */
    async setRole(caller: Caller, input: { chatId: string; userId: string; role: ChatRole }): Promise<Chat> {
      const { chatId, userId, role } = input;
      return writer.perform(
        caller,
        async (tx) => {
          const { change, self } = await gate.lock(tx, caller.userId, chatId);
          requireGroup(change.chat.kind);
          if (!canSetRole(self.role)) throw new ForbiddenError('Only the owner gives roles.');
          const target = await tx.chatMember.findFirst({ where: { chatId, userId, leftPosition: null } });
          if (!target) throw new NotFoundError('userId: this user is not a member of the chat.');
          if (target.role === role) return { change, made: { chatId }, answer: change.chat };
          if (userId === caller.userId) {
            throw new InvalidInputError('role', 'an owner hands over by giving OWNER to another member');
          }
          const roleOf = (id: string, newRole: ChatRole) =>
            tx.chatMember.update({ where: { chatId_userId: { chatId, userId: id } }, data: { role: newRole } });
          if (role === 'OWNER') await roleOf(caller.userId, 'ADMIN');
          await roleOf(userId, role);
          change.record({ type: 'CHAT_UPDATED', actorId: caller.userId });
          return { change, made: { chatId }, answer: change.updated() };
        },
        () => gate.enter(caller.userId, chatId),
      );
    },
  };
}
