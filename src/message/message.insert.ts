import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ChatGate } from '../chat/chat.gate.ts';
import { isConstraintViolation } from '../database/errors.ts';
import { Prisma, type Message } from '../database/generated/client.ts';
import type { Statement } from '../database/open.ts';
import type { Caller } from '../events/idempotency.ts';
import { logEvent } from '../events/change.ts';
import type { Writer } from '../events/writer.ts';
import { groupBy } from '../group-by.ts';
import type { PublicUser } from '../database/public-user.ts';
import type { NewMessage } from './message.service.ts';

/** Chat and sender pairs whose rights are remembered. */
const REMEMBERED = 50_000;
/** Messages in one transaction. */
const BATCH = 64;

/**
 * One statement locks the chat, takes the positions, and writes the messages, their events and their keys. PostgreSQL
 * compares `rights_position` after the wait for the lock: where members have changed since, it writes nothing.
 */
const insertMessages = (chatId: string, rights: number, messages: readonly object[]) => Prisma.sql`
WITH input AS (
  SELECT * FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) AS (
    id uuid, author_id uuid, type message_type, content text, payload jsonb, reply_to_id uuid,
    key text, response_name text, input_hash text)) WITH ORDINALITY
    AS i (id, author_id, type, content, payload, reply_to_id, key, response_name, input_hash, n)
), locked AS (
  UPDATE chat SET position = position + ${messages.length}::int, last_activity_at = clock_timestamp()
  WHERE id = ${chatId}::uuid AND rights_position = ${rights}::int AND deleted_at IS NULL
  RETURNING id AS chat_id, position - ${messages.length}::int AS base, last_activity_at AS at
), written AS (
  INSERT INTO message (id, chat_id, position, revision, author_id, type, content, payload, reply_to_id, created_at)
  SELECT i.id, chat_id, base + n, base + n, author_id, type, content, payload, reply_to_id, at FROM locked, input i
), logged AS (
  INSERT INTO event (chat_id, position, type, actor_id, message_id, occurred_at)
  SELECT chat_id, base + n, 'MESSAGE_CREATED', author_id, i.id, at FROM locked, input i
), keyed AS (
  INSERT INTO idempotency_key (user_id, key, response_name, input_hash, chat_id, message_id)
  SELECT author_id, key, response_name, decode(input_hash, 'hex'), chat_id, i.id FROM locked, input i
  WHERE key IS NOT NULL
)
SELECT base, at, u.id, username, display_name AS "displayName", u.created_at AS "createdAt"
FROM locked, "user" u WHERE u.id IN (SELECT author_id FROM input)`;

interface Written {
  position: number;
  at: Date;
  author: PublicUser;
}

interface Waiting {
  row: Omit<Message, 'chatId' | 'position' | 'revision' | 'createdAt' | 'updatedAt' | 'deletedAt'>;
  caller: Caller;
  /** The `rights_position` under which the sender was last seen to be a member. */
  rights: number;
  resolve: (written: Written | null) => void;
  reject: (error: unknown) => void;
}

/**
 * The hot path of sending: one round trip where the sender's rights are remembered. Messages for one chat that arrive
 * while its lock is taken wait here instead, and share the next transaction.
 */
export function createMessageInsert(deps: { statement: Statement; writer: Writer; gate: ChatGate }) {
  const { statement, writer, gate } = deps;
  const remembered = new LRUCache<string, number>({ max: REMEMBERED });
  /** Of each chat whose lock this server waits for or holds. */
  const queues = new Map<string, Waiting[]>();

  async function insert(chatId: string, batch: readonly Waiting[]): Promise<void> {
    const input = batch.map(({ row, caller: { idempotency } }) => ({
      id: row.id,
      author_id: row.authorId,
      type: row.type,
      content: row.content,
      payload: row.payload,
      reply_to_id: row.replyToId,
      key: idempotency?.key,
      response_name: idempotency?.responseName,
      input_hash: idempotency && Buffer.from(idempotency.inputHash).toString('hex'),
    }));
    try {
      const rows = await statement<{ base: number; at: Date } & PublicUser>(
        insertMessages(chatId, batch[0]!.rights, input),
      );
      const authors = new Map(rows.map(({ base, at, ...author }) => [author.id, { base, at, author }]));
      for (const [i, { row, resolve }] of batch.entries()) {
        const written = authors.get(row.authorId);
        resolve(written ? { position: written.base + i + 1, at: written.at, author: written.author } : null);
      }
    } catch (error) {
      // It is undone for certain: whoever is not at fault is written on their own.
      if (batch.length > 1 && isConstraintViolation(error)) for (const one of batch) await insert(chatId, [one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async function drain(chatId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      for (const batch of groupBy(queue.splice(0, BATCH), ({ rights }) => rights).values()) await insert(chatId, batch);
    }
    queues.delete(chatId);
  }

  function write(chatId: string, waiting: Omit<Waiting, 'resolve' | 'reject'>): Promise<Written | null> {
    return new Promise((resolve, reject) => {
      const queue = queues.get(chatId);
      if (queue) return void queue.push({ ...waiting, resolve, reject });
      const started = [{ ...waiting, resolve, reject }];
      queues.set(chatId, started);
      void drain(chatId, started);
    });
  }

  return async function send(caller: Caller, input: NewMessage): Promise<Message> {
    const { chatId, type, content = null, payload = null, replyToId = null } = input;
    const row = {
      id: randomUUID(),
      authorId: caller.userId,
      type,
      content,
      payload: payload as Message['payload'],
      replyToId,
    };
    const member = `${chatId} ${caller.userId}`;
    for (;;) {
      const rights = remembered.get(member) ?? (await gate.enter(caller.userId, chatId)).rightsPosition;
      const written = await write(chatId, { row, caller, rights });
      if (!written) {
        remembered.delete(member);
        continue;
      }
      remembered.set(member, rights);
      const { position, at, author } = written;
      const message = { ...row, chatId, position, revision: position, createdAt: at, updatedAt: null, deletedAt: null };
      const draft = { type: 'MESSAGE_CREATED', actorId: caller.userId, messageId: row.id } as const;
      writer.publish(chatId, [{ event: logEvent(draft, chatId, position, at), snapshot: { message, author } }]);
      return message;
    }
  };
}
