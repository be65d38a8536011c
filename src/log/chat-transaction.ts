import type { Transaction } from '../database/clock.ts';
import { insertAll, updateOne } from '../database/columns.ts';
import { Prisma, type Chat, type ChatRole, type EventType, type Message } from '../database/generated/client.ts';
import { InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { presentMembers } from './membership.ts';
import { eventTypes, toLogEvent, type LogEvent, type Snapshot } from './event-types.ts';

/** An event before it has a position in the log. */
export interface EventDraft {
  type: EventType;
  actorId: string;
  userId?: string;
  role?: ChatRole;
  messageId?: string;
  reactionId?: string;
  emoji?: string;
}

/** Makes the row of the log from a draft. */
export function logEvent(draft: EventDraft, chatId: string, position: number, occurredAt: Date): LogEvent {
  const nobody = { userId: null, role: null, messageId: null, reactionId: null, emoji: null };
  return toLogEvent({ ...nobody, ...draft, chatId, position, occurredAt });
}

/** Columns of the chat's row that a use case may set. `append` sets `position` and `rightsVersion`. */
type ChatPatch = Partial<Pick<Chat, 'title' | 'updatedAt' | 'deletedAt' | 'memberCount' | 'lastActivityAt'>>;

/**
 * One change of one chat within a database transaction that has locked or created the chat's row. Because of the lock,
 * positions are in the order of the commits. It collects rows and events, and writes all of them in one statement.
 */
export class ChatTransaction {
  readonly tx: Transaction;
  /** The chat as it was when it was locked. */
  readonly chat: Readonly<Chat>;
  /** The database's time, taken after the lock. */
  readonly now: Date;
  readonly events: { event: LogEvent; snapshot?: Snapshot }[] = [];
  readonly joinings: { userId: string; position: number }[] = [];
  readonly #writes: Prisma.Sql[] = [];
  readonly #isNew: boolean;
  #patch: ChatPatch = {};

  constructor(tx: Transaction, chat: Chat, now: Date, { isNew = false } = {}) {
    this.tx = tx;
    this.chat = chat;
    this.now = now;
    this.#isNew = isNew;
  }

  /** Adds an event at the next position of the log. */
  readonly record = (draft: EventDraft): LogEvent => {
    const event = logEvent(draft, this.chat.id, this.chat.position + this.events.length + 1, this.now);
    this.events.push({ event });
    return event;
  };

  /**
   * Adds an INSERT, UPDATE or DELETE. All of them run as one statement after the use case: none of them sees the rows
   * that another one writes, and no row may be written twice.
   */
  readonly write = (sql: Prisma.Sql): void => void this.#writes.push(sql);

  /** Sets columns of the chat's row. */
  readonly setChat = (patch: ChatPatch): void => void (this.#patch = { ...this.#patch, ...patch });

  /** Publishes the message, as this change writes it, as the snapshot of the newest event. */
  readonly wrote = (message: Message, more: Omit<Snapshot, 'message'> = {}): void => {
    const newest = this.events.at(-1);
    if (newest) newest.snapshot = { message, ...more };
  };

  /** Says that a user's membership begins with this event, so that the user's streams are told of it. */
  readonly joins = (userId: string, { position }: LogEvent): void => void this.joinings.push({ userId, position });

  /** The chat as this change leaves it. */
  readonly updated = (): Chat => ({ ...this.chat, ...this.#patch, ...this.#counters() });

  /**
   * Writes the collected rows, the events, the chat's row and `last`. Without any event the chat's row is not written.
   */
  async append(last: Prisma.Sql | null): Promise<void> {
    const log = this.events.length === 0 ? [] : [this.#chat(), this.#events()];
    await this.#countJoinings();
    const parts = [...log, ...this.#writes, ...(last ? [last] : [])];
    if (parts.length === 0) return;
    const ctes = parts.map((sql, i) => Prisma.sql`${Prisma.raw(`write_${i}`)} AS (${sql})`);
    await this.tx.$executeRaw`WITH ${Prisma.join(ctes)} SELECT`;
  }

  #chat(): Prisma.Sql {
    if (this.#isNew) return insertAll('chat', Prisma.ChatScalarFieldEnum, [this.updated()]);
    return updateOne('chat', { ...this.#patch, ...this.#counters() }, Prisma.sql`t.id = ${this.chat.id}::uuid`);
  }

  #events(): Prisma.Sql {
    const rows = this.events.map(({ event }) => event);
    return insertAll('event', Prisma.EventScalarFieldEnum, rows);
  }

  /** Users are locked in the order of their ids, so that two changes which add the same users do not deadlock. */
  async #countJoinings(): Promise<void> {
    if (this.joinings.length === 0) return;
    const userIds = this.joinings.map(({ userId }) => userId);
    const [{ suspects }] = await this.tx.$queryRaw<[{ suspects: string[] | null }]>`
      SELECT array_agg(id) FILTER (WHERE membership_version >= ${limits.since}::int) AS suspects FROM (
        SELECT id, membership_version FROM "user" WHERE id = ANY(${userIds}::uuid[]) ORDER BY id FOR NO KEY UPDATE) AS locked`;
    if (suspects) await this.#requireRoom(suspects);
    await this.tx
      .$executeRaw`UPDATE "user" SET membership_version = membership_version + 1 WHERE id = ANY(${userIds}::uuid[])`;
  }

  /** Refuses to add users who are in as many chats as a user may be, which only a user can be with so many joinings. */
  async #requireRoom(userIds: readonly string[]): Promise<void> {
    const full = await this.tx.$queryRaw<unknown[]>`
      SELECT 1 FROM ${presentMembers} WHERE m.user_id = ANY(${userIds}::uuid[])
      GROUP BY m.user_id HAVING count(*) >= ${limits.since}::int LIMIT 1`;
    if (full.length === 0) return;
    const field = this.#isNew ? 'memberIds' : 'userIds';
    throw new InvalidInputError(field, `a member would be in more than ${limits.since} chats, the most of a user`);
  }

  #counters(): Pick<Chat, 'position' | 'rightsVersion'> {
    const ofRights = this.events.filter(({ event }) => 'changesRights' in eventTypes[event.type]);
    return {
      position: this.chat.position + this.events.length,
      rightsVersion: this.chat.rightsVersion + ofRights.length,
    };
  }
}
