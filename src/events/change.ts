import { Prisma, type Chat, type ChatRole, type EventType, type Message } from '../database/generated/client.ts';
import { insertAll } from '../database/columns.ts';
import { NotFoundError } from '../errors.ts';
import { catalogue, type LogEvent, type Snapshot } from './catalogue.ts';

export type Transaction = Prisma.TransactionClient;

/** An event before it has its place in the log: what happened, who did it, and the ids it concerns. */
export interface EventDraft {
  type: EventType;
  actorId: string;
  userId?: string;
  role?: ChatRole;
  messageId?: string;
  reactionId?: string;
  emoji?: string;
}

/** The row of the log that a draft becomes. */
export function logEvent(draft: EventDraft, chatId: string, position: number, occurredAt: Date): LogEvent {
  const nobody = { userId: null, role: null, messageId: null, reactionId: null, emoji: null };
  return { ...nobody, ...draft, chatId, position, occurredAt };
}

/**
 * One change of one chat, under the lock of the chat's row: positions are handed out in the order of the commits.
 * What is read through `tx` is the state after the lock; rules are decided on nothing else.
 */
export class ChatChange {
  readonly tx: Transaction;
  readonly chat: Readonly<Chat>;
  /** The database's time, taken after the lock. */
  readonly now: Date;
  readonly events: { event: LogEvent; snapshot?: Snapshot }[] = [];
  readonly joinings: { userId: string; position: number }[] = [];

  private constructor(tx: Transaction, chat: Chat, now: Date) {
    this.tx = tx;
    this.chat = chat;
    this.now = now;
  }

  /** Waits for the chat's lock. A chat that does not exist, or no longer, is NOT_FOUND. */
  static async lock(tx: Transaction, chatId: string): Promise<ChatChange> {
    await tx.$queryRaw`SELECT 1 FROM chat WHERE id = ${chatId}::uuid FOR NO KEY UPDATE`;
    const chat = await tx.chat.findUnique({ where: { id: chatId } });
    if (!chat || chat.deletedAt) throw new NotFoundError('This chat does not exist, or no longer.');
    return new ChatChange(tx, chat, await databaseTime(tx));
  }

  /** A chat that this transaction makes: nobody else can see or lock it. Its row is written with position 0. */
  static of(tx: Transaction, chat: Chat, now: Date): ChatChange {
    return new ChatChange(tx, chat, now);
  }

  /** Takes the next position of the log for an event. */
  record(draft: EventDraft): LogEvent {
    const event = logEvent(draft, this.chat.id, this.chat.position + this.events.length + 1, this.now);
    this.events.push({ event });
    return event;
  }

  /** The message as this change wrote it goes out with its newest event. */
  wrote(message: Message): void {
    const newest = this.events.at(-1);
    if (newest) newest.snapshot = { message };
  }

  /** A user's membership begins with this event: their other devices are told. */
  joins(userId: string, { position }: LogEvent): void {
    this.joinings.push({ userId, position });
  }

  /** The chat with the positions of what was recorded. */
  updated(): Chat {
    const { position, rightsPosition } = this.#positions();
    return { ...this.chat, position, rightsPosition };
  }

  /** Writes what was recorded, and the chat's new position. A change that changed nothing writes nothing. */
  async append(): Promise<void> {
    if (this.events.length === 0) return;
    await this.tx.chat.update({ where: { id: this.chat.id }, data: this.#positions(), select: { id: true } });
    const events = this.events.map(({ event }) => event);
    await this.tx.$executeRaw(insertAll('event', Prisma.EventScalarFieldEnum, events));
    if (this.joinings.length === 0) return;
    const userIds = this.joinings.map(({ userId }) => userId);
    await this.tx.$queryRaw`
      SELECT count(*) FROM (
        SELECT FROM "user" WHERE id = ANY(${userIds}::uuid[]) ORDER BY id FOR NO KEY UPDATE) AS locked`;
    await this.tx.$executeRaw`UPDATE "user" SET joinings = joinings + 1 WHERE id = ANY(${userIds}::uuid[])`;
  }

  #positions(): { position: number; rightsPosition: number } {
    const rights = this.events.findLast(({ event }) => catalogue[event.type].changesRights)?.event;
    return {
      position: this.chat.position + this.events.length,
      rightsPosition: rights?.position ?? this.chat.rightsPosition,
    };
  }
}

export async function databaseTime(tx: Transaction): Promise<Date> {
  const [row] = await tx.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
  return row.now;
}
