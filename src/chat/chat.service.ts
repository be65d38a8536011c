import { randomUUID } from 'node:crypto';
import { insertAll } from '../database/columns.ts';
import { Prisma, type Chat, type ChatKind } from '../database/generated/client.ts';
import type { Statement } from '../database/open.ts';
import { fetchLimit, type Page } from '../database/page.ts';
import { ForbiddenError, InvalidInputError, NotFoundError } from '../errors.ts';
import type { LogEvent } from '../events/catalogue.ts';
import type { Caller } from '../events/idempotency.ts';
import { ChatChange, databaseTime, type Transaction } from '../events/change.ts';
import { type LogReader } from '../events/log.ts';
import type { Work, Writer } from '../events/writer.ts';
import { limits } from '../limits.ts';
import { people } from '../user/user.rules.ts';
import { parse } from '../validation.ts';
import type { ChatGate } from './chat.gate.ts';
import { chatColumns } from './chat.loaders.ts';
import { canDeleteChat, canRename, createChatInput, directPair, requireGroup, updateChatInput } from './chat.rules.ts';

/** Chats are in the order of their activity, latest first. */
export type ActivityKey = [lastActivityAt: string, id: string];

interface NewChat {
  kind: ChatKind;
  title?: string | null | undefined;
  memberIds: string[];
}

export type ChatService = ReturnType<typeof createChatService>;

export function createChatService(deps: { statement: Statement; log: LogReader; writer: Writer; gate: ChatGate }) {
  const { statement, log, writer, gate } = deps;

  async function make(tx: Transaction, caller: Caller, { kind, title, memberIds }: NewChat): Promise<Work<Chat>> {
    const known = await tx.user.count({ where: { id: { in: memberIds }, ...people } });
    if (known < memberIds.length) throw new NotFoundError('memberIds: one of these users does not exist.');
    const now = await databaseTime(tx);
    const chat = await tx.chat.create({
      data: {
        id: randomUUID(),
        kind,
        title: title ?? null,
        createdById: caller.userId,
        createdAt: now,
        lastActivityAt: now,
        position: 0,
        rightsPosition: 0,
        directPair: kind === 'DIRECT' ? directPair(caller.userId, memberIds[0]!) : null,
      },
    });
    const change = ChatChange.of(tx, chat, now);
    const created = change.record({ type: 'CHAT_CREATED', actorId: caller.userId });
    const members = [caller.userId, ...memberIds];
    const rows = members.map((userId) => ({
      chatId: chat.id,
      userId,
      role: kind === 'GROUP' && userId === caller.userId ? 'OWNER' : 'MEMBER',
      joinedAt: now,
      joinedPosition: created.position,
    }));
    await tx.$executeRaw(insertAll('chat_member', Prisma.ChatMemberScalarFieldEnum, rows));
    for (const userId of members) change.joins(userId, created);
    const { position } = created;
    return { change, made: { chatId: chat.id }, answer: { ...chat, position, rightsPosition: position } };
  }

  async function makeOrFindDirect(tx: Transaction, caller: Caller, input: NewChat): Promise<Work<Chat>> {
    const pair = directPair(caller.userId, input.memberIds[0]!);
    const existing = await tx.chat.findFirst({ where: { directPair: pair, deletedAt: null } });
    if (!existing) return make(tx, caller, input);
    return { change: ChatChange.of(tx, existing, existing.createdAt), made: { chatId: existing.id }, answer: existing };
  }

  return {
    async create(caller: Caller, input: NewChat): Promise<Chat> {
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
        writer.perform(
          caller,
          (tx) => work(tx, caller, { kind, title, memberIds }),
          ({ chatId }) => gate.enter(caller.userId, chatId),
        );
      // Two may ask for the same direct chat at once: the second finds what the first has made.
      return attempt().catch((error: unknown) => (isPairTaken(error) ? attempt() : Promise.reject(error)));
    },

    async update(caller: Caller, { chatId, title }: { chatId: string; title: string }): Promise<Chat> {
      parse(updateChatInput, { title });
      return writer.perform(
        caller,
        async (tx) => {
          const { change, self } = await gate.lock(tx, caller.userId, chatId);
          requireGroup(change.chat.kind);
          if (!canRename(self.role)) throw new ForbiddenError('Only the owner and admins rename a chat.');
          if (change.chat.title === title) return { change, made: { chatId }, answer: change.chat };
          change.record({ type: 'CHAT_UPDATED', actorId: caller.userId });
          await tx.chat.update({ where: { id: chatId }, data: { title, updatedAt: change.now } });
          return { change, made: { chatId }, answer: { ...change.updated(), title, updatedAt: change.now } };
        },
        () => gate.enter(caller.userId, chatId),
      );
    },

    /** Answers with the event: of the chat nothing is left to answer. */
    async delete(caller: Caller, chatId: string): Promise<LogEvent> {
      return writer.perform(
        caller,
        async (tx) => {
          const { change, self } = await gate.lock(tx, caller.userId, chatId);
          if (!canDeleteChat(change.chat.kind, self.role)) throw new ForbiddenError('Only the owner deletes a chat.');
          const deleted = change.record({ type: 'CHAT_DELETED', actorId: caller.userId });
          await tx.chat.update({ where: { id: chatId }, data: { deletedAt: change.now } });
          return { change, made: { chatId, position: deleted.position }, answer: deleted };
        },
        (made) => log.ending(made),
      );
    },

    /** The user's chats, latest activity first. */
    async list(userId: string, page: Page<ActivityKey>): Promise<Chat[]> {
      const bound = (operator: '<' | '>', key: ActivityKey | null) =>
        key
          ? Prisma.sql`AND (c.last_activity_at, c.id) ${Prisma.raw(operator)} (${new Date(key[0])}, ${key[1]}::uuid)`
          : Prisma.empty;
      const order = Prisma.raw(page.backward ? 'ASC' : 'DESC');
      return statement<Chat>(Prisma.sql`
        SELECT ${chatColumns} FROM chat_member m JOIN chat c ON c.id = m.chat_id
        WHERE m.user_id = ${userId}::uuid AND m.left_position IS NULL AND c.deleted_at IS NULL
          ${bound('<', page.after)} ${bound('>', page.before)}
        ORDER BY c.last_activity_at ${order}, c.id ${order} LIMIT ${fetchLimit(page)}`);
    },
  };
}

const isPairTaken = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002' && error.meta?.modelName === 'Chat';
