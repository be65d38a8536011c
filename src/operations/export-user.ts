import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Prisma, type PrismaClient } from '../database/generated/client.ts';
import { NotFoundError } from '../errors.ts';

/** Number of rows that are read at a time. */
const PAGE = 500;

interface Exported {
  table: string;
  /** The column with the user's id. */
  of: string;
  /** A column of ids that are different in all rows of one user. */
  key: string;
  /** Columns that are secrets, or that only the server needs. */
  without?: readonly string[];
}

/** Every table with data that a user has given or caused. docs/privacy.md says why others are left out. */
export const exported: readonly Exported[] = [
  { table: 'user', of: 'id', key: 'id', without: ['password_hash', 'membership_version', 'erased_at'] },
  { table: 'session', of: 'user_id', key: 'id' },
  { table: 'chat', of: 'created_by_id', key: 'id', without: ['rights_version', 'unread_from'] },
  { table: 'chat_member', of: 'user_id', key: 'chat_id' },
  { table: 'message', of: 'author_id', key: 'id' },
  { table: 'reaction', of: 'user_id', key: 'id' },
  { table: 'viewer_chat_state', of: 'user_id', key: 'chat_id' },
  { table: 'viewer_settings', of: 'user_id', key: 'user_id' },
  { table: 'draft', of: 'user_id', key: 'chat_id' },
  { table: 'saved_message', of: 'user_id', key: 'message_id' },
  { table: 'block', of: 'user_id', key: 'blocked_id' },
  { table: 'presence', of: 'user_id', key: 'server_id' },
];

/**
 * Writes all data of a user as JSON Lines, one object for each row: `{"table": …, "row": …}`. It reads in pages, so
 * that neither the database nor this process holds everything at once. Returns the number of lines.
 */
export async function exportUser(db: PrismaClient, username: string, out: Writable): Promise<number> {
  const user = await db.user.findUnique({ where: { username: username.trim().toLowerCase() }, select: { id: true } });
  if (!user) throw new NotFoundError(`There is no user ${username}.`);
  let lines = 0;
  for (const { table, of, key, without = [] } of exported) {
    for (let after = FIRST; ;) {
      const rows = await db.$queryRaw<{ key: string; row: unknown }[]>`
        SELECT t.${Prisma.raw(key)} AS key, to_jsonb(t) - ${without}::text[] AS row
        FROM ${Prisma.raw(`"${table}"`)} t
        WHERE t.${Prisma.raw(of)} = ${user.id}::uuid AND t.${Prisma.raw(key)} > ${after}::uuid
        ORDER BY t.${Prisma.raw(key)} LIMIT ${PAGE}`;
      for (const { row } of rows) {
        if (!out.write(`${JSON.stringify({ table, row })}\n`)) await once(out, 'drain');
        lines += 1;
      }
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) break;
      after = last.key;
    }
  }
  return lines;
}

const FIRST = '00000000-0000-0000-0000-000000000000';
