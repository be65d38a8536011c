import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type pg from 'pg';

/** A message in the log that was just written. */
export interface WrittenMessage {
  id: string;
  chatId: string;
  authorId: string;
  content: string;
  position: number;
  at: Date;
}

/** The form in which one system is told of a message. */
export interface Wire {
  channel(chatId: string): string;
  encode(message: WrittenMessage): string;
}

/**
 * Writes messages and events as `sendMessage` does, but many in one statement, so that a burst can be published as one.
 */
const writeMessages = `
  WITH locked AS (
    UPDATE chat SET position = position + $3::int, last_activity_at = clock_timestamp()
    WHERE id = $1::uuid RETURNING position - $3::int AS base, date_trunc('milliseconds', last_activity_at) AS at
  ), numbered AS (
    SELECT w.id, w.content, (base + n)::int AS position, at
    FROM locked, unnest($4::uuid[], $5::text[]) WITH ORDINALITY AS w (id, content, n)
  ), written AS (
    INSERT INTO message (id, chat_id, position, revision, author_id, type, content, created_at)
    SELECT id, $1::uuid, position, position, $2::uuid, 'TEXT', content, at FROM numbered
  ), logged AS (
    INSERT INTO event (chat_id, position, type, actor_id, message_id, occurred_at)
    SELECT $1::uuid, position, 'MESSAGE_CREATED', $2::uuid, id, at FROM numbered
  )
  SELECT id, content, position, at FROM numbered ORDER BY position`;

/** Writes messages to the log and publishes them, as a server does for `sendMessage`. */
export class Publisher {
  readonly #pool: pg.Pool;
  readonly #redis: Redis;

  constructor(pool: pg.Pool, redis: Redis) {
    this.#pool = pool;
    this.#redis = redis;
  }

  /**
   * Writes in one transaction and then publishes with one write to Redis, so that a burst arrives together.
   * @returns when it was handed to Redis
   */
  async publish(wire: Wire, chatId: string, authorId: string, contents: readonly string[]): Promise<number> {
    const { rows } = await this.#pool.query<Omit<WrittenMessage, 'chatId' | 'authorId'>>({
      name: 'write-messages',
      text: writeMessages,
      values: [chatId, authorId, contents.length, contents.map(() => randomUUID()), contents],
    });
    const pipeline = this.#redis.pipeline();
    for (const row of rows) pipeline.publish(wire.channel(chatId), wire.encode({ ...row, chatId, authorId }));
    const sentAt = performance.now();
    await pipeline.exec();
    return sentAt;
  }
}
