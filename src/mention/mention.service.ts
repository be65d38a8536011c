import { columns } from '../database/columns.ts';
import { Prisma, type Message } from '../database/generated/client.ts';
import { fetchLimit, newestFirst, type Page, type TimeKey } from '../database/page.ts';
import type { Statement } from '../database/statement.ts';
import { presentMembers } from '../log/membership.ts';

export function createMentionService(statement: Statement) {
  return {
    /**
     * Lists the messages that mention the user, and those that mention everyone in a chat since the user joined it,
     * newest first. Messages of chats that the user has left are left out.
     */
    async list(userId: string, page: Page<TimeKey>): Promise<Message[]> {
      const limit = fetchLimit(page);
      const mentions = newestFirst(page, Prisma.sql`d.created_at`, Prisma.sql`d.message_id`);
      const ofEveryone = newestFirst(page, Prisma.sql`y.created_at`, Prisma.sql`y.id`);
      const found = newestFirst(page, Prisma.sql`found.at`, Prisma.sql`found.id`);
      return statement<Message>(Prisma.sql`
        WITH found AS (
          (SELECT d.message_id AS id, d.created_at AS at
           FROM mention d JOIN ${presentMembers} ON m.chat_id = d.chat_id AND m.user_id = d.user_id
           WHERE d.user_id = ${userId}::uuid ${mentions.within}
           ORDER BY ${mentions.order} LIMIT ${limit})
          UNION
          SELECT x.id, x.at FROM ${presentMembers}
          CROSS JOIN LATERAL (
            SELECT y.id, y.created_at AS at FROM message y
            WHERE y.chat_id = c.id AND y.mentions_everyone AND y.position > m.joined_position
              AND y.author_id <> m.user_id AND y.deleted_at IS NULL
              ${ofEveryone.within}
            ORDER BY y.position ${Prisma.raw(page.backward ? 'ASC' : 'DESC')} LIMIT ${limit}) AS x
          WHERE m.user_id = ${userId}::uuid
        )
        SELECT ${columns('z', Prisma.MessageScalarFieldEnum)} FROM found JOIN message z ON z.id = found.id
        ORDER BY ${found.order} LIMIT ${limit}`);
    },
  };
}
