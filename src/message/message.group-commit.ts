import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ChatAccess } from '../chat/chat.access.ts';
import { columns, insertedColumns, recordset } from '../database/columns.ts';
import { createGroupCommit } from '../database/group-commit.ts';
import { Prisma, type Message } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import type { Caller } from '../log/idempotency.ts';
import { logEvent } from '../log/chat-transaction.ts';
import type { MutationRunner } from '../log/mutation-runner.ts';
import { publicUser, type PublicUser } from '../database/public-user.ts';
import { required } from '../required.ts';
import { insertMentioned } from './message.mentions.ts';
import type { NewMessage } from './message.rules.ts';

/** Maximum number of chat and sender pairs whose rights versions are cached. */
const REMEMBERED = 50_000;
/** Maximum number of messages in one transaction. */
const BATCH = 64;

/**
 * One statement locks the chat, takes the positions, and writes the messages, their events and their keys. PostgreSQL
 * compares `rights_version` after the wait for the lock: where members have changed since, it writes nothing.
 */
const insertMessages = (
  chatId: string,
  rights: number,
  messages: readonly object[],
  hasMentions: boolean,
) => Prisma.sql`
WITH input AS (
  SELECT i.* FROM (SELECT ${recordset(messages)}::jsonb AS rows) sent, ROWS FROM (
    jsonb_populate_recordset(NULL::message, rows),
    jsonb_to_recordset(rows) AS (key text, response_name text, input_hash text, mentioned uuid[])
  ) WITH ORDINALITY AS i
), locked AS (
  UPDATE chat SET position = position + ${messages.length}::int, last_activity_at = clock_timestamp()
  WHERE id = ${chatId}::uuid AND rights_version = ${rights}::int AND deleted_at IS NULL
  RETURNING id AS chat_id, position - ${messages.length}::int AS base, last_activity_at AS at
), written AS (
  INSERT INTO message (${inserted.names}) SELECT ${inserted.values} FROM locked l, input i
), logged AS (
  INSERT INTO event (chat_id, position, type, actor_id, message_id, occurred_at)
  SELECT l.chat_id, base + ordinality, 'MESSAGE_CREATED', author_id, i.id, at FROM locked l, input i
), keyed AS (
  INSERT INTO idempotency_key (user_id, key, response_name, input_hash, chat_id, message_id)
  SELECT author_id, key, response_name, decode(input_hash, 'hex'), l.chat_id, i.id FROM locked l, input i
  WHERE key IS NOT NULL
) ${hasMentions ? withMentioned : withAuthors}`;

const withAuthors = Prisma.sql`
SELECT base, at, ${columns('u', publicUser)}, NULL AS "mentionedIn"
FROM locked, "user" u WHERE u.id IN (SELECT author_id FROM input)`;

const withMentioned = Prisma.sql`, mentioned AS (${insertMentioned})
SELECT base, at, ${columns('u', publicUser)},
  (SELECT jsonb_agg(d.message_id) FROM mentioned d WHERE d.user_id = u.id) AS "mentionedIn"
FROM locked, "user" u
WHERE u.id IN (SELECT author_id FROM input UNION SELECT user_id FROM mentioned)
ORDER BY u.id`;

/** The columns come from the input, except for those that only the statement knows. */
const inserted = insertedColumns('i', Prisma.MessageScalarFieldEnum, {
  chatId: 'l.chat_id',
  position: 'base + ordinality',
  revision: 'base + ordinality',
  createdAt: 'at',
});

interface Written {
  position: number;
  at: Date;
  author: PublicUser;
  /** The users whom the message mentions. */
  mentioned: PublicUser[];
}

interface WrittenRow extends PublicUser {
  base: number;
  at: Date;
  /** The messages that mention the user. */
  mentionedIn: string[] | null;
}

interface Sending {
  chatId: string;
  mentioned: readonly string[];
  row: Omit<Message, 'chatId' | 'position' | 'revision' | 'createdAt' | 'updatedAt' | 'deletedAt'>;
  caller: Caller;
  /** The `rights_version` under which the sender was last known to be a member. */
  rights: number;
}

/**
 * The hot path of sending: one round trip if the sender's rights are cached. Messages for one chat that arrive while
 * its lock is taken wait here, and share the next transaction.
 */
export function createMessageGroupCommit(deps: {
  statement: Statement;
  mutations: MutationRunner;
  access: ChatAccess;
}) {
  const { statement, mutations, access } = deps;
  const remembered = new LRUCache<string, number>({ max: REMEMBERED });

  /**
   * Inserts messages of one chat and one `rights_version`. If members have changed since, it returns no result for any
   * of them.
   */
  async function insert(batch: readonly Sending[]): Promise<Map<Sending, Written>> {
    const { chatId, rights } = required(batch[0]);
    const input = batch.map(({ row, mentioned, caller: { idempotency } }) => ({
      ...row,
      mentioned,
      key: idempotency?.key,
      responseName: idempotency?.responseName,
      inputHash: idempotency && Buffer.from(idempotency.inputHash).toString('hex'),
    }));
    const hasMentions = batch.some(({ mentioned }) => mentioned.length > 0);
    const rows = await statement<WrittenRow>(insertMessages(chatId, rights, input, hasMentions));
    const users = rows.map(({ base, at, mentionedIn, ...user }) => ({ base, at, mentionedIn, user }));
    const known = new Map(users.map((one) => [one.user.id, one]));
    const written = new Map<Sending, Written>();
    for (const [i, sending] of batch.entries()) {
      const { id, authorId } = sending.row;
      const found = known.get(authorId);
      if (!found) continue;
      const mentioned = users.flatMap(({ mentionedIn, user }) => (mentionedIn?.includes(id) ? [user] : []));
      written.set(sending, { position: found.base + i + 1, at: found.at, author: found.user, mentioned });
    }
    return written;
  }

  const write = createGroupCommit<Sending, Written>({
    atMost: BATCH,
    queue: ({ chatId }) => chatId,
    key: ({ chatId }) => chatId,
    condition: ({ rights }) => String(rights),
    commit: insert,
  });

  return async function send(caller: Caller, input: NewMessage): Promise<Message> {
    const { chatId, type, content = null, payload = null, replyToId = null, mentionedUserIds } = input;
    const row = {
      id: randomUUID(),
      authorId: caller.userId,
      type,
      content,
      payload: payload as Message['payload'],
      replyToId,
      mentionsEveryone: false,
    };
    const member = `${chatId} ${caller.userId}`;
    for (;;) {
      const rights = remembered.get(member) ?? (await access.forWriting(caller.userId, chatId)).rightsVersion;
      const written = await write({ chatId, row, caller, rights, mentioned: mentionedUserIds ?? [] });
      if (!written) {
        remembered.delete(member);
        continue;
      }
      remembered.set(member, rights);
      const { position, at, author, mentioned } = written;
      const message = { ...row, chatId, position, revision: position, createdAt: at, updatedAt: null, deletedAt: null };
      const draft = { type: 'MESSAGE_CREATED', actorId: caller.userId, messageId: row.id } as const;
      const event = logEvent(draft, chatId, position, at);
      mutations.publish.events(chatId, [{ event, snapshot: { message, author, mentioned } }], caller);
      return message;
    }
  };
}
