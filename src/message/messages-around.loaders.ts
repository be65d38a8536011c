import DataLoader from 'dataloader';
import { groupsByKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma, type Message } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { groupBy } from '../group-by.ts';
import { required } from '../required.ts';

/** The place in a chat around which a page is read: a message, a position or a point in time. */
export type Anchor = { messageId: string } | { position: number } | { date: Date };

/** A page of this size, of which one half is before the anchor and the other from it on. */
export interface PageAround {
  chatId: string;
  anchor: Anchor;
  size: number;
}

/** A message, and whether it is before the anchor. */
export type MessageAround = Message & { isBefore: boolean };

/**
 * Loads pages of messages around an anchor, in order, with one row more on each side. It takes one statement for all
 * pages of one size. An anchor after the last message returns the newest page. A message of another chat returns no
 * row.
 */
export const createMessagesAroundLoader = (statement: Statement) =>
  new DataLoader<PageAround, MessageAround[], string>(
    async (asked) => {
      const found = new Map<PageAround, MessageAround[]>();
      const ofSameSize = [...groupBy(asked, ({ size }) => size)];
      await Promise.all(
        ofSameSize.map(async ([size, pages]) => {
          const rows = await statement<MessageAround & { n: number }>(selectAround(pages, size));
          const indexes = pages.map((_, i) => i + 1);
          for (const [i, own] of groupsByKey(indexes, rows, ({ n }) => n).entries()) found.set(required(pages[i]), own);
        }),
      );
      return asked.map((page) => required(found.get(page)));
    },
    { cacheKeyFn: (page) => JSON.stringify(page) },
  );

const messageColumns = columns('m', Prisma.MessageScalarFieldEnum);
const EPOCH = new Date(0);

function selectAround(pages: readonly PageAround[], size: number): Prisma.Sql {
  const anchors = pages.map(({ anchor }) => anchor);
  const messageIds = anchors.map((anchor) => ('messageId' in anchor ? anchor.messageId : null));
  const positions = anchors.map((anchor) => ('position' in anchor ? anchor.position : null));
  // Earlier dates are replaced: no message is older, and PostgreSQL has no year 0.
  const dates = anchors.map((anchor) =>
    'date' in anchor ? (anchor.date < EPOCH ? EPOCH : anchor.date).toISOString() : null,
  );
  const ofChat = Prisma.sql`SELECT ${messageColumns}, m.position < anchor.position AS "isBefore" FROM message m WHERE m.chat_id = anchor.chat_id`;
  // Without MATERIALIZED the planner repeats the search for the anchor wherever its position is used.
  return Prisma.sql`
    WITH found AS MATERIALIZED (
      SELECT asked.n, asked.chat_id, CASE
        WHEN asked.message_id IS NOT NULL
          THEN (SELECT position FROM message WHERE id = asked.message_id AND chat_id = asked.chat_id)
        WHEN asked.date IS NOT NULL
          THEN coalesce((SELECT position FROM message WHERE chat_id = asked.chat_id AND created_at >= asked.date
                         ORDER BY created_at, position LIMIT 1), 2147483647)
        ELSE asked.position END AS position
      FROM unnest(${pages.map(({ chatId }) => chatId)}::uuid[], ${messageIds}::uuid[], ${positions}::int[], ${dates}::timestamptz[])
        WITH ORDINALITY AS asked (chat_id, message_id, position, date, n)
    ), anchor AS MATERIALIZED (
      SELECT found.*, CASE
        WHEN (SELECT position FROM message WHERE chat_id = found.chat_id AND position >= found.position
              ORDER BY position LIMIT 1) IS NULL
          THEN ${size}::int ELSE ${Math.floor(size / 2)}::int END AS before
      FROM found
    )
    SELECT anchor.n::int, page.* FROM anchor
    CROSS JOIN LATERAL (
      (${ofChat} AND m.position < anchor.position ORDER BY m.position DESC LIMIT anchor.before + 1)
      UNION ALL
      (${ofChat} AND m.position >= anchor.position ORDER BY m.position LIMIT ${Math.ceil(size / 2) + 1})
    ) AS page
    ORDER BY page.position`;
}
