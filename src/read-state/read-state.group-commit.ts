import { createGroupCommit } from '../database/group-commit.ts';
import type { Transaction } from '../database/clock.ts';
import { Prisma } from '../database/generated/client.ts';
import { limits } from '../limits.ts';
import { presentMembers } from '../log/membership.ts';
import type { MutationRunner } from '../log/mutation-runner.ts';
import type { ReceiptNotice } from '../log/wire-format.ts';
import { isMarkedUnread, readUpTo } from '../viewer-state/chat-state.ts';
import { keyOf, unreadChats, type ViewerChat } from './read-state.loaders.ts';

/** Maximum number of marks in one transaction. */
const BATCH = 512;

/**
 * The position up to which the user has read the chat. It counts only if the state that the device knows is not
 * outdated.
 */
export interface ReadMark extends ViewerChat {
  position: number;
  ifVersion: number | null;
}

/** Whether others see the reading of the user whose settings are `v`. */
const sendsReceipts = (hasReceipts: boolean) =>
  Prisma.sql`(${hasReceipts}::boolean AND coalesce(v.sends_read_receipts, true))`;

/** A read position that has risen, or a removed mark as unread. */
interface Marked extends ViewerChat, ReceiptNotice {
  version: number;
  /** Whether other members see that the user has read further. */
  isSeen: boolean;
}

/**
 * Raises read positions, for the rows of `input` (user_id, chat_id, position, if_version). The caller has locked the users'
 * versions. Each row that changes takes the next version of its user; the rest stays as it is.
 */
const raise = (tx: Transaction, input: Prisma.Sql, hasReceipts: boolean) => tx.$queryRaw<Marked[]>`
  WITH wanted AS (
    SELECT i.user_id, i.chat_id, LEAST(i.position, c.position) AS position,
           row_number() OVER (PARTITION BY i.user_id ORDER BY i.chat_id)::int AS n,
           coalesce(s.receipt_position, 0) AS seen,
           ${sendsReceipts(hasReceipts)} AS sends_receipts,
           ${sendsReceipts(hasReceipts)} AND c.member_count <= ${limits.receiptMembers} AS has_receipts
    FROM (${input}) AS i
    JOIN ${presentMembers} ON m.chat_id = i.chat_id AND m.user_id = i.user_id
    LEFT JOIN viewer_chat_state s ON s.user_id = i.user_id AND s.chat_id = i.chat_id
    LEFT JOIN viewer_settings v ON v.user_id = i.user_id
    WHERE (LEAST(i.position, c.position) > ${readUpTo} OR ${isMarkedUnread})
      AND NOT (${isMarkedUnread} AND coalesce(i.if_version < s.version, false))
  ), versions AS (
    UPDATE viewer_version k SET version = k.version + w.n
    FROM (SELECT user_id, count(*)::int AS n FROM wanted GROUP BY user_id) AS w
    WHERE k.user_id = w.user_id RETURNING k.user_id, k.version - w.n AS base
  ), written AS (
  INSERT INTO viewer_chat_state AS s (user_id, chat_id, version, read_position, receipt_position)
  SELECT w.user_id, w.chat_id, k.base + w.n, w.position, CASE WHEN w.sends_receipts THEN w.position ELSE 0 END
  FROM wanted w JOIN versions k USING (user_id)
  ON CONFLICT (user_id, chat_id) DO UPDATE SET version = excluded.version, is_marked_unread = false,
    read_position = GREATEST(s.read_position, excluded.read_position),
    receipt_position = GREATEST(s.receipt_position, excluded.receipt_position)
  RETURNING user_id, chat_id, version, receipt_position, delivered_position
  )
  SELECT w.user_id AS "userId", w.chat_id AS "chatId", x.version, x.receipt_position AS position,
         GREATEST(x.receipt_position, x.delivered_position) AS delivered,
         w.has_receipts AND x.receipt_position > w.seen AS "isSeen"
  FROM written x JOIN wanted w USING (user_id, chat_id)`;

/** Writes marks in batches. A mark in a chat of others, or without an effect, is ignored. */
export function createReadMarks({ mutations, hasReceipts }: { mutations: MutationRunner; hasReceipts: boolean }) {
  async function write(userIds: readonly string[], input: Prisma.Sql): Promise<void> {
    let marked: Marked[] = [];
    await mutations.ofViewers(userIds, async (tx) => {
      marked = await raise(tx, input, hasReceipts);
      return newestVersions(marked);
    });
    const seen = marked.filter(({ isSeen }) => isSeen);
    mutations.publish.receipts(
      seen.map(({ chatId, userId, position, delivered }) => ({ chatId, userId, position, delivered })),
    );
  }

  return {
    mark: createGroupCommit<ReadMark>({
      atMost: BATCH,
      key: keyOf,
      condition: ({ ifVersion }) => String(ifVersion),
      commit: (marks) => write([...new Set(marks.map(({ userId }) => userId))], asRows(highest(marks))),
    }),

    /** Marks all chats of a user that have something unread. */
    markAll: (userId: string): Promise<void> => write([userId], unreadChats(userId)),
  };
}

/** The highest of the marks of each user and chat. Within a batch they have the same condition. */
function highest(marks: readonly ReadMark[]): ReadMark[] {
  const merged = new Map<string, ReadMark>();
  for (const mark of marks) {
    const other = merged.get(keyOf(mark));
    if (!other || other.position < mark.position) merged.set(keyOf(mark), mark);
  }
  return [...merged.values()];
}

const asRows = (marks: readonly ReadMark[]) => {
  const rows = marks.map(({ userId, chatId, position, ifVersion }) => ({
    user_id: userId,
    chat_id: chatId,
    position,
    if_version: ifVersion,
  }));
  return Prisma.sql`
    SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS j (user_id uuid, chat_id uuid, position int, if_version int)`;
};

function newestVersions(marked: readonly Marked[]): Map<string, number> {
  const versions = new Map<string, number>();
  for (const { userId, version } of marked) versions.set(userId, Math.max(versions.get(userId) ?? 0, version));
  return versions;
}
