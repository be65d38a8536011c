import { randomUUID } from 'node:crypto';
import { databaseTime, type Transaction } from '../database/clock.ts';
import { insertAll } from '../database/columns.ts';
import { isUniqueViolation } from '../database/errors.ts';
import { Prisma, type Chat, type ChatKind } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import type { Page, TimeKey } from '../database/page.ts';
import { ForbiddenError, InvalidInputError, NotFoundError } from '../errors.ts';
import type { LogEvent } from '../log/event-types.ts';
import { ChatTransaction } from '../log/chat-transaction.ts';
import { addGroupLine } from '../log/group-line.ts';
import { requireConsent } from '../log/consent.ts';
import type { Caller, ResultRef } from '../log/idempotency.ts';
import type { MutationRunner, Outcome } from '../log/mutation-runner.ts';
import { limits } from '../limits.ts';
import { parse } from '../validation.ts';
import { required } from '../required.ts';
import type { ChatAccess } from './chat.access.ts';
import { listChats, type ChatFilter } from './chat.list.ts';
import { canDeleteChat, canRename } from './chat.rights.ts';
import { createChatInput, directPair, requireGroup, updateChatInput } from './chat.rules.ts';

interface NewChat {
  kind: ChatKind;
  title?: string | null | undefined;
  memberIds: string[];
}

export function createChatService(deps: { statement: Statement; mutations: MutationRunner; access: ChatAccess }) {
  const { statement, mutations, access } = deps;

  type NewChatDone = Promise<{ change: ChatTransaction; answer: Chat }>;

  async function make(tx: Transaction, caller: Caller, { kind, title, memberIds }: NewChat): NewChatDone {
    const known = await tx.user.count({ where: { id: { in: memberIds } } });
    if (known < memberIds.length) throw new NotFoundError('memberIds: one of these users does not exist.');
    await requireConsent(tx, caller.userId, memberIds);
    const now = await databaseTime(tx);
    const chat: Chat = {
      id: randomUUID(),
      kind,
      title: title ?? null,
      createdById: caller.userId,
      createdAt: now,
      updatedAt: null,
      lastActivityAt: now,
      unreadFrom: 0,
      position: 0,
      rightsVersion: 0,
      memberCount: memberIds.length + 1,
      directPair: kind === 'DIRECT' ? directPair(caller.userId, required(memberIds[0])) : null,
      deletedAt: null,
    };
    const change = new ChatTransaction(tx, chat, now, { isNew: true });
    const created = change.record({ type: 'CHAT_CREATED', actorId: caller.userId });
    const members = [caller.userId, ...memberIds];
    const rows = members.map((userId) => ({
      chatId: chat.id,
      userId,
      role: kind === 'GROUP' && userId === caller.userId ? 'OWNER' : 'MEMBER',
      joinedAt: now,
      joinedPosition: created.position,
    }));
    change.write(insertAll('chat_member', Prisma.ChatMemberScalarFieldEnum, rows));
    for (const userId of members) change.joins(userId, created);
    if (kind === 'GROUP') {
      addGroupLine(change, caller.userId, { event: 'created', userIds: memberIds, title: chat.title });
    }
    return { change, answer: change.updated() };
  }

  async function makeOrFindDirect(tx: Transaction, caller: Caller, input: NewChat): NewChatDone {
    const pair = directPair(caller.userId, required(input.memberIds[0]));
    const existing = await tx.chat.findFirst({ where: { directPair: pair, deletedAt: null } });
    if (!existing) return make(tx, caller, input);
    return { change: new ChatTransaction(tx, existing, existing.createdAt), answer: existing };
  }

  const replay = (caller: Caller) => (made: ResultRef) => access.get(caller.userId, made.chatId);

  return {
    async create(caller: Caller, input: NewChat): Promise<Outcome<Chat>> {
      const { kind, title } = parse(createChatInput, input);
      const memberIds = [...new Set(input.memberIds)].filter((id) => id !== caller.userId);
      if (memberIds.length >= limits.chatMembers) {
        throw new InvalidInputError('memberIds', `a chat has at most ${limits.chatMembers} members`);
      }
      if (kind === 'DIRECT' && memberIds.length !== 1) {
        throw new InvalidInputError('memberIds', 'a DIRECT chat needs exactly one other member');
      }
      const work = kind === 'DIRECT' ? makeOrFindDirect : make;
      const attempt = () =>
        mutations.newChat(caller, (tx) => work(tx, caller, { kind, title, memberIds }), replay(caller));
      // Two may ask for the same direct chat at once: the second finds what the first has made.
      return attempt().catch((error: unknown) => (isPairTaken(error) ? attempt() : Promise.reject(error)));
    },

    async update(caller: Caller, { chatId, ...input }: { chatId: string; title: string }): Promise<Outcome<Chat>> {
      const { title } = parse(updateChatInput, input);
      return mutations.inChat(
        caller,
        chatId,
        async ({ change, self }) => {
          requireGroup(change.chat.kind);
          if (!canRename(self.role)) throw new ForbiddenError('Only the owner and admins rename a chat.');
          if (change.chat.title === title) return change.chat;
          change.record({ type: 'CHAT_UPDATED', actorId: caller.userId });
          change.setChat({ title, updatedAt: change.now });
          addGroupLine(change, caller.userId, { event: 'renamed', title });
          return change.updated();
        },
        replay(caller),
      );
    },

    /** Returns the event, because the chat itself can no longer be returned. */
    async delete(caller: Caller, chatId: string): Promise<Outcome<LogEvent>> {
      let participants: number | undefined;
      const outcome = await mutations.ending(caller, chatId, async ({ change, self }) => {
        if (!canDeleteChat(change.chat.kind, self.role)) throw new ForbiddenError('Only the owner deletes a chat.');
        participants = change.chat.memberCount;
        change.setChat({ deletedAt: change.now });
        return change.record({ type: 'CHAT_DELETED', actorId: caller.userId });
      });
      return { ...outcome, noted: { participants } };
    },

    list: (userId: string, page: Page<TimeKey>, filter: ChatFilter | null) =>
      listChats(statement, userId, page, filter),
  };
}

const isPairTaken = (error: unknown): boolean => isUniqueViolation(error, 'chat_direct_pair_key');
