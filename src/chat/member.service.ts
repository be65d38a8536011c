import { insertAll, updateOne } from '../database/columns.ts';
import { Prisma, type Chat, type ChatMember, type ChatRole } from '../database/generated/client.ts';
import { ForbiddenError, InvalidInputError, NotFoundError } from '../errors.ts';
import type { LogEvent } from '../log/event-types.ts';
import type { ChatTransaction } from '../log/chat-transaction.ts';
import { addGroupLine } from '../log/group-line.ts';
import { requireConsent } from '../log/consent.ts';
import type { Caller, ResultRef } from '../log/idempotency.ts';
import type { LogReader } from '../log/log-reader.ts';
import { present } from '../log/membership.ts';
import type { MutationRunner, Outcome } from '../log/mutation-runner.ts';
import { limits } from '../limits.ts';
import type { ChatAccess } from './chat.access.ts';
import { canAddMembers, canRemoveMember, canSetRole } from './chat.rights.ts';
import { nextOwner, requireGroup } from './chat.rules.ts';

export function createMemberService(deps: { log: LogReader; mutations: MutationRunner; access: ChatAccess }) {
  const { log, mutations, access } = deps;

  /** Ends a membership. An owner who leaves hands the chat over, and the last one to leave deletes it. */
  async function leave(change: ChatTransaction, leaver: ChatMember, actorId: string): Promise<LogEvent> {
    const { tx, chat } = change;
    const owned = leaver.role === 'OWNER';
    const others = owned
      ? await tx.chatMember.findMany({ where: { chatId: chat.id, ...present, userId: { not: leaver.userId } } })
      : [];
    const heir = nextOwner(others);
    if (heir) {
      change.record({ type: 'CHAT_UPDATED', actorId });
      change.write(updateMember(heir, { role: 'OWNER' }));
    }
    const removed = change.record({ type: 'MEMBER_REMOVED', actorId, userId: leaver.userId });
    change.write(updateMember(leaver, { leftPosition: removed.position }));
    change.setChat({ memberCount: chat.memberCount - 1 });
    if (owned && !heir) {
      change.record({ type: 'CHAT_DELETED', actorId });
      change.setChat({ deletedAt: change.now });
      return removed;
    }
    const event = actorId === leaver.userId ? 'member_left' : 'member_removed';
    addGroupLine(change, actorId, { event, userIds: [leaver.userId] });
    return removed;
  }

  const replay = (caller: Caller) => (made: ResultRef) => access.get(caller.userId, made.chatId);

  const tooMany = () => new InvalidInputError('userIds', `a chat has at most ${limits.chatMembers} members`);

  return {
    /** Present members stay as they are. */
    async add(caller: Caller, { chatId, userIds }: { chatId: string; userIds: string[] }): Promise<Outcome<Chat>> {
      const asked = [...new Set(userIds)];
      if (asked.length > limits.chatMembers) throw tooMany();
      return mutations.inChat(
        caller,
        chatId,
        async ({ change, self }) => {
          const { tx, chat } = change;
          requireGroup(chat.kind);
          if (!canAddMembers(self.role)) throw new ForbiddenError('Only the owner and admins add members.');
          const known = await tx.user.count({ where: { id: { in: asked } } });
          if (known < asked.length) throw new NotFoundError('userIds: one of these users does not exist.');
          const rows = await tx.chatMember.findMany({ where: { chatId, userId: { in: asked } } });
          const presentIds = new Set(rows.filter((row) => row.leftPosition === null).map((row) => row.userId));
          const added = asked.filter((userId) => !presentIds.has(userId));
          await requireConsent(tx, caller.userId, added);
          const memberCount = chat.memberCount + added.length;
          if (memberCount > limits.chatMembers) throw tooMany();
          // Rows of earlier memberships are deleted in a statement of their own, because one statement cannot replace a
          // row.
          await tx.chatMember.deleteMany({ where: { chatId, userId: { in: added } } });
          const members = added.map((userId) => {
            const event = change.record({ type: 'MEMBER_ADDED', actorId: caller.userId, userId, role: 'MEMBER' });
            change.joins(userId, event);
            return { chatId, userId, role: 'MEMBER', joinedAt: change.now, joinedPosition: event.position };
          });
          change.write(insertAll('chat_member', Prisma.ChatMemberScalarFieldEnum, members));
          change.setChat({ memberCount });
          if (added.length > 0) addGroupLine(change, caller.userId, { event: 'members_added', userIds: added });
          return change.updated();
        },
        replay(caller),
      );
    },

    /** Users who remove themselves leave. Returns the event that ended the membership, even if it ended earlier. */
    async remove(caller: Caller, { chatId, userId }: { chatId: string; userId: string }): Promise<Outcome<LogEvent>> {
      return mutations.ending(caller, chatId, async ({ change, self }) => {
        const { tx, chat } = change;
        requireGroup(chat.kind);
        const target = await tx.chatMember.findUnique({ where: { chatId_userId: { chatId, userId } } });
        if (!target) throw new NotFoundError('userId: this user is not a member of the chat.');
        if (userId !== caller.userId && !canRemoveMember(self.role, target.role)) {
          throw new ForbiddenError('The owner removes anyone, admins remove members.');
        }
        if (target.leftPosition !== null) return log.ending({ chatId, position: target.leftPosition }, tx);
        return leave(change, target, caller.userId);
      });
    },

    /** Giving OWNER hands the chat over: the previous owner becomes an admin. */
    async setRole(caller: Caller, input: { chatId: string; userId: string; role: ChatRole }): Promise<Outcome<Chat>> {
      const { chatId, userId, role } = input;
      return mutations.inChat(
        caller,
        chatId,
        async ({ change, self }) => {
          requireGroup(change.chat.kind);
          if (!canSetRole(self.role)) throw new ForbiddenError('Only the owner gives roles.');
          const target = await change.tx.chatMember.findFirst({ where: { chatId, userId, ...present } });
          if (!target) throw new NotFoundError('userId: this user is not a member of the chat.');
          if (target.role === role) return change.chat;
          if (userId === caller.userId) {
            throw new InvalidInputError('role', 'an owner hands over by giving OWNER to another member');
          }
          if (role === 'OWNER') change.write(updateMember(self, { role: 'ADMIN' }));
          change.write(updateMember(target, { role }));
          change.record({ type: 'CHAT_UPDATED', actorId: caller.userId });
          const what =
            role === 'OWNER' ? ({ event: 'owner_changed' } as const) : ({ event: 'role_changed', role } as const);
          addGroupLine(change, caller.userId, { ...what, userIds: [userId] });
          return change.updated();
        },
        replay(caller),
      );
    },
  };
}

const updateMember = ({ chatId, userId }: ChatMember, values: Partial<ChatMember>): Prisma.Sql =>
  updateOne('chat_member', values, Prisma.sql`t.chat_id = ${chatId}::uuid AND t.user_id = ${userId}::uuid`);
