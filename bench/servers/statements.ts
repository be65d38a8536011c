/** The SQL of the bare handlers, as somebody would write it who needs no more than this. */

/** Writes one message and its event under the chat's lock. $1 id, $2 chat, $3 author, $4 content */
export const sendStatement = `
  WITH locked AS (
    UPDATE chat SET position = position + 1, last_activity_at = clock_timestamp()
    WHERE id = $2::uuid AND deleted_at IS NULL RETURNING position, last_activity_at AS at
  ), written AS (
    INSERT INTO message (id, chat_id, position, revision, author_id, type, content, created_at)
    SELECT $1::uuid, $2::uuid, position, position, $3::uuid, 'TEXT', $4, at FROM locked
  ), logged AS (
    INSERT INTO event (chat_id, position, type, actor_id, message_id, occurred_at)
    SELECT $2::uuid, position, 'MESSAGE_CREATED', $3::uuid, $1::uuid, at FROM locked
  )
  SELECT position, at FROM locked`;

/** Reads the newest 50 messages of a chat with their authors, if the user is a member. $1 chat, $2 user */
export const pageStatement = `
  SELECT m.id, m.type, m.content, m.created_at AS "createdAt", m.position, m.revision,
         u.id AS "authorId", u.username, u.display_name AS "displayName"
  FROM message m JOIN "user" u ON u.id = m.author_id
  WHERE m.chat_id = $1
    AND EXISTS (SELECT FROM chat_member WHERE chat_id = $1 AND user_id = $2 AND left_position IS NULL)
  ORDER BY m.position DESC LIMIT 50`;

/** Reads the reactions of messages with their users. $1 messages */
export const reactionsStatement = `
  SELECT r.message_id AS "messageId", r.id, r.emoji, u.id AS "userId", u.username, u.display_name AS "displayName"
  FROM reaction r JOIN "user" u ON u.id = r.user_id
  WHERE r.message_id = ANY($1::uuid[]) ORDER BY r.position`;

/** Reads a user's 50 chats with the latest activity, each with its last message and that message's author. $1 user */
export const chatsStatement = `
  SELECT c.id, c.kind, c.title, c.position, c.last_activity_at AS "lastActivityAt", l.id AS "messageId", l.content,
         l.created_at AS "createdAt", l.author_id AS "authorId", l.username, l.display_name AS "displayName"
  FROM chat_member cm JOIN chat c ON c.id = cm.chat_id
  LEFT JOIN LATERAL (
    SELECT m.id, m.content, m.created_at, m.author_id, u.username, u.display_name
    FROM message m JOIN "user" u ON u.id = m.author_id
    WHERE m.chat_id = c.id ORDER BY m.position DESC LIMIT 1
  ) l ON true
  WHERE cm.user_id = $1 AND cm.left_position IS NULL AND c.deleted_at IS NULL
  ORDER BY c.last_activity_at DESC, c.id DESC LIMIT 50`;
